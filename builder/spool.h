#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/file_system.h>
#include <sealift/base/random.h>

#include <cstdint>
#include <memory>
#include <string>

namespace sealift::builder {

// Keeps what is written to it in memory, and from `memory_limit` bytes on in a private temporary
// file that goes when the spool and the last blob of it have gone.
class Spool : public ByteSink {
 public:
  // The references must outlive the spool and its blobs.
  Spool(FileSystem& files, Random& random, std::string directory, std::uint64_t memory_limit)
      : files_(files),
        random_(random),
        directory_(std::move(directory)),
        memory_limit_(memory_limit) {}

  Result<> write(std::string_view bytes) override;
  // Everything written; the spool must not be used afterwards. kIo.
  Result<Blob> finish();

 private:
  struct TemporaryFile;
  Result<> move_to_file();

  FileSystem& files_;
  Random& random_;
  std::string directory_;
  std::uint64_t memory_limit_;
  std::uint64_t size_ = 0;
  std::string memory_;
  std::shared_ptr<TemporaryFile> temporary_;
  std::unique_ptr<WritableFile> file_;
};

}  // namespace sealift::builder
