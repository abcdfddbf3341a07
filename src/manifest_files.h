#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::program {

// Objects of many files, one after the other, up to a limit on all of their bytes.
class ManifestFiles {
 public:
  explicit ManifestFiles(objects::Placeholders placeholders) : placeholders_(placeholders) {}

  // What is no manifest by its name is passed over. kInvalidInput for what objects::parse_objects()
  // refuses, for a kustomization, which needs rendering first, and beyond the limit.
  Result<> add(std::string_view path, std::string_view bytes);
  // The same for a file that is meant to be one, whatever its name.
  Result<> add_manifest(std::string_view path, std::string_view bytes);
  // Whether no manifest was added, not even an empty one.
  bool has_none() const { return !any_; }
  std::vector<objects::Object> take() { return std::move(objects_); }

 private:
  objects::Placeholders placeholders_;
  bool any_ = false;
  std::uint64_t bytes_ = 0;
  std::vector<objects::Object> objects_;
};

// A file, a directory with all that is below it (names that begin with a dot and links are left
// out), or standard input, which is "-". A directory without any manifest is kInvalidInput: it is
// rather another one that was meant. kNotFound, kIo.
Result<> add_files(FileSystem& files, const std::string& path, ManifestFiles& into);

}  // namespace sealift::program
