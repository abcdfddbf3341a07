#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/kube/kube_config.h>

#include <mutex>
#include <string>
#include <string_view>

namespace sealift::kube {

// The token of a ClusterAccess. One from a file is read again after a minute, as client-go does,
// because the kubelet rotates it. Safe to use from many threads.
class BearerToken {
 public:
  BearerToken(const ClusterAccess& access, FileSystem& files, Clock& clock);

  // Empty where the access has none. kIo, kNotFound, kInvalidInput: the file cannot be read; a
  // token that was read before stays in use then.
  Result<std::string> current();
  // The server refused `token`. True where the file holds another one by now.
  bool replace_refused(std::string_view token);

 private:
  Result<std::string> read() const;

  std::string fixed_;
  std::string file_;
  FileSystem& files_;
  Clock& clock_;

  std::mutex mutex_;
  std::string cached_;
  SteadyTime read_at_{};
};

// Reads a token file: surrounding white space goes, what is no header value is kInvalidInput.
Result<std::string> read_token_file(FileSystem& files, const std::string& path);

}  // namespace sealift::kube
