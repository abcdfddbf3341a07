#include "temporary_directory.h"

#include <sealift/base/directory_tree.h>
#include <sealift/base/encoding.h>

namespace sealift::builder {
Result<std::unique_ptr<TemporaryDirectory>> TemporaryDirectory::create(FileSystem& files,
                                                                       Random& random,
                                                                       const std::string& parent) {
  const std::string path = join_path(parent, "sealift-" + hex_encode(random.bytes(16)));
  SEALIFT_TRY(files.make_directories(path));
  return std::unique_ptr<TemporaryDirectory>(new TemporaryDirectory(files, path));
}

// Litter in a temporary directory harms nobody: errors have no reader here.
TemporaryDirectory::~TemporaryDirectory() { static_cast<void>(remove_tree(files_, path_)); }

}  // namespace sealift::builder
