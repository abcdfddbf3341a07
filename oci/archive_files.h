#pragma once

#include "layout_reader.h"

#include <sealift/base/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace sealift::archive {
struct TarLimits;
}

namespace sealift::oci {

// How much an archive may hold, whose files are passed over or streamed and never kept.
archive::TarLimits archive_limits();

// "blobs/sha256/HEX" as a digest; nullopt for any other path.
std::optional<Digest> digest_of_path(std::string_view path);
std::string path_of_blob(const Digest& digest);

// An image layout in a tar file, uncompressed, as "podman save --format oci-archive" and skopeo's
// oci-archive: write it too. The file is read through once, from header to header, when it is first
// asked for something; blobs are read from where they are.
class ArchiveFiles : public LayoutFiles {
 public:
  ArchiveFiles(std::string path, FileSystem& files);

  Result<std::shared_ptr<const LayoutIndex>> index() override;
  Result<std::unique_ptr<ByteSource>> open(const Digest& digest) override;
  Result<bool> holds(const Digest& digest) override;
  const std::string& shown() const override { return shown_; }

 private:
  struct Place {
    std::uint64_t offset;
    std::uint64_t size;
  };

  Result<> read_through();
  Result<> read_entries(ByteSource& source);

  const std::string path_;
  const std::string shown_;
  FileSystem& files_;

  std::mutex mutex_;
  std::shared_ptr<const LayoutIndex> index_;  // null: not read yet
  std::map<Digest, Place> blobs_;             // not changed after index_ is set
};

}  // namespace sealift::oci
