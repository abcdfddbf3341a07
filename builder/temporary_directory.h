#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>

#include <memory>
#include <string>

namespace sealift::builder {

// A fresh directory that goes, with everything in it, when the object goes.
class TemporaryDirectory {
 public:
  // `files` must outlive the directory. kIo.
  static Result<std::unique_ptr<TemporaryDirectory>> create(FileSystem& files, Random& random,
                                                            const std::string& parent);
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }

 private:
  TemporaryDirectory(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}
  FileSystem& files_;
  std::string path_;
};

}  // namespace sealift::builder
