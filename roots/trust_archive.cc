#include <sealift/roots/trust_archive.h>

#include <sealift/archive/archived_files.h>
#include <sealift/tuf/metadata.h>

namespace sealift::roots {
namespace {

archive::TarLimits limits() {
  archive::TarLimits limits;
  limits.max_unpacked_bytes = kMaxTrustArchiveBytes;
  limits.max_file_bytes = kMaxTrustArchiveBytes;
  limits.max_entries = kMaxTrustArchiveFiles;
  limits.max_path_bytes = tuf::kMaxTargetPathBytes + 16;
  limits.max_path_depth = 128;
  return limits;
}

}  // namespace

Result<std::unique_ptr<FileSystem>> open_trust_archive(FileSystem& files, const std::string& path) {
  return archive::ArchivedFiles::open_archive(files, path, limits());
}

}  // namespace sealift::roots
