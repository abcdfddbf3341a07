#include "temporary_directory.h"

#include <sealift/base/encoding.h>

#include <vector>

namespace sealift::builder {
namespace {

// Recursion is as deep as what was written there: SourceLimits::max_depth.
void remove_tree(FileSystem& files, const std::string& path) {
  if (const auto entries = files.list(path)) {
    for (const DirectoryEntry& entry : *entries) {
      const std::string child = join_path(path, entry.name);
      if (entry.type == FileType::kDirectory) {
        remove_tree(files, child);
      } else {
        (void)files.remove(child);
      }
    }
  }
  (void)files.remove(path);
}

}  // namespace

Result<std::unique_ptr<TemporaryDirectory>> TemporaryDirectory::create(FileSystem& files,
                                                                       Random& random,
                                                                       const std::string& parent) {
  const std::string path = join_path(parent, "sealift-" + hex_encode(random.bytes(16)));
  SEALIFT_TRY(files.make_directories(path));
  return std::unique_ptr<TemporaryDirectory>(new TemporaryDirectory(files, path));
}

// Litter in a temporary directory harms nobody: errors have no reader here.
TemporaryDirectory::~TemporaryDirectory() { remove_tree(files_, path_); }

}  // namespace sealift::builder
