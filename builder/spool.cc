#include "spool.h"

#include <sealift/base/encoding.h>

#include <utility>

namespace sealift::builder {

struct Spool::TemporaryFile {
  TemporaryFile(FileSystem& file_system, std::string file_path)
      : files(file_system), path(std::move(file_path)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  // A file that cannot be removed is litter in a temporary directory and harms nobody.
  ~TemporaryFile() { (void)files.remove(path); }

  FileSystem& files;
  std::string path;
};

Result<> Spool::move_to_file() {
  const std::string path =
      join_path(directory_, "sealift-" + hex_encode(random_.bytes(12)) + ".layer");
  SEALIFT_ASSIGN(file_, files_.create(path, FileSystem::Access::kPrivate));
  temporary_ = std::make_shared<TemporaryFile>(files_, path);
  SEALIFT_TRY(file_->write(memory_));
  memory_ = std::string();
  return {};
}

Result<> Spool::write(std::string_view bytes) {
  size_ += bytes.size();
  if (!file_ && size_ > memory_limit_) SEALIFT_TRY(move_to_file());
  if (file_) return file_->write(bytes);
  memory_ += bytes;
  return {};
}

Result<Blob> Spool::finish() {
  if (!file_) return Blob::from_string(std::move(memory_));
  SEALIFT_TRY(file_->close());
  file_.reset();
  Blob blob;
  blob.size = size_;
  blob.open = [temporary = std::move(temporary_)] {
    return temporary->files.open(temporary->path);
  };
  return blob;
}

}  // namespace sealift::builder
