#pragma once

#include <sealift/checks/finding.h>
#include <sealift/objects/object.h>
#include <sealift/objects/yaml.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sealift::checks {

// One object of a file and where it stands there.
struct ManifestObject {
  objects::Object object;
  std::size_t document = 0;  // which of the file's documents
  std::string pointer = {};  // from the document's top; empty unless it is an item of a list
  objects::SourcePosition position = {};
};

// A file of manifests that was read as far as it can be: what is wrong with one object keeps no
// other one from being checked.
class ManifestFile {
 public:
  // `path` is what findings call the file.
  static ManifestFile parse(std::string path, std::string bytes);

  const std::string& path() const { return path_; }
  const std::vector<ManifestObject>& objects() const { return objects_; }
  // Of the rule kInvalidManifest.
  const std::vector<Finding>& faults() const { return faults_; }

  // Where the fields of objects (index, JSON pointer) stand, as objects::locate() says it; each
  // document is read once, however many they are.
  std::vector<objects::SourcePosition> locate(
      const std::vector<std::pair<std::size_t, std::string>>& fields) const;

 private:
  explicit ManifestFile(std::string path) : path_(std::move(path)) {}
  void add(Json value, std::size_t document, const std::string& pointer);
  void add_items(Json list, std::size_t document, const std::string& pointer);
  void add_fault(std::string message, objects::SourcePosition otherwise);
  void place_objects();

  std::string path_;
  std::shared_ptr<const std::string> bytes_;  // the documents are views of it
  std::vector<objects::YamlDocument> documents_;
  std::vector<ManifestObject> objects_;
  std::vector<Finding> faults_;
};

}  // namespace sealift::checks
