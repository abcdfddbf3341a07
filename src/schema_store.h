#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/checks/manifest_file.h>
#include <sealift/checks/schema_set.h>

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace sealift::program {

// True for a name that checks::schema_file_name() could give.
bool is_schema_file(std::string_view name);

// Schemas from which each check takes those that it needs; a document is read once, when it is
// first needed. Safe to use from many threads.
class SchemaStore {
 public:
  using Read = std::function<Result<std::string>(const std::string& name)>;

  // None but those of definitions.
  SchemaStore() = default;
  // The documents of the place that messages call `place`, by their names in it. kInvalidInput
  // where none of the names is one of a schema.
  static Result<SchemaStore> of_documents(const std::string& place,
                                          const std::vector<std::string>& names, Read read);
  // Those of a directory. kNotFound where there is none.
  static Result<SchemaStore> of_directory(const std::string& directory, FileSystem& files);
  SchemaStore(SchemaStore&& other) noexcept;
  SchemaStore& operator=(SchemaStore&&) = delete;

  void add_definitions(const checks::ManifestFile& manifests);
  // What is known of the kinds of these objects. kInvalidInput for a document that is broken, and
  // errors of `read`.
  Result<checks::SchemaSet> schemas_for(const std::vector<checks::ManifestFile>& manifests);

 private:
  Result<> add_document(const std::string& group, const std::string& version);

  std::string place_;
  std::set<std::string> there_;
  Read read_;
  std::mutex mutex_;
  checks::SchemaSet schemas_;
  std::set<std::pair<std::string, std::string>> seen_;
};

}  // namespace sealift::program
