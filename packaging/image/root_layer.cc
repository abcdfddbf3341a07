#include "root_layer.h"

#include <sealift/archive/compression.h>
#include <sealift/archive/tar_writer.h>
#include <sealift/base/file_system.h>

#include <filesystem>

namespace sealift::image {
namespace {

constexpr std::uint64_t kMaxFileBytes = 256u << 20;
constexpr std::uint64_t kMaxLayerBytes = 512u << 20;

bool is_executable(const std::string& path) {
  using std::filesystem::perms;
  std::error_code error;
  const auto mode = std::filesystem::status(path, error).permissions();
  return !error && (mode & perms::owner_exec) != perms::none;
}

Result<> add_folder(archive::TarWriter& tar, const std::string& folder, const std::string& prefix) {
  SEALIFT_ASSIGN(const auto entries, system_files().list(folder));
  for (const auto& entry : entries) {
    const auto path = folder + "/" + entry.name;
    const auto name = prefix + entry.name;
    switch (entry.type) {
      case FileType::kDirectory:
        SEALIFT_TRY(tar.add_directory(name));
        SEALIFT_TRY(add_folder(tar, path, name + "/"));
        break;
      case FileType::kFile: {
        SEALIFT_ASSIGN(const auto content, read_file(system_files(), path, kMaxFileBytes));
        SEALIFT_TRY(tar.add_file(name, content, is_executable(path)));
        break;
      }
      case FileType::kOther:
        return fail(ErrorCode::kInvalidInput,
                    path + " is neither a file nor a folder; an image's root takes no links");
    }
  }
  return {};
}

}  // namespace

Result<RootLayer> pack_root(const std::string& folder) {
  StringSink bytes("the image's layer", kMaxLayerBytes);
  HashingSink compressed(&bytes, Digest::Algorithm::kSha256);
  archive::GzipWriter gzip(compressed);
  HashingSink unpacked(&gzip, Digest::Algorithm::kSha256);
  archive::TarWriter tar(unpacked);
  SEALIFT_TRY(add_folder(tar, folder, ""));
  SEALIFT_TRY(tar.finish());
  SEALIFT_TRY(gzip.finish());
  return RootLayer{bytes.take(), compressed.finish(), unpacked.finish()};
}

}  // namespace sealift::image
