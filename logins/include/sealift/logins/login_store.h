#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/oci/credentials.h>

#include <functional>
#include <stop_token>
#include <string>

namespace sealift::logins {

// A file in the format of docker's config.json that logins are kept in, and the helper programs
// that it puts in charge of registries. What else the file holds stays, in its order. The file is
// replaced in one step and readable by its owner alone.
//
// Those who change it at once by this class lose nothing: they take turns under a lock beside the
// file, and each reads it anew before writing. docker knows no such lock: what it writes between
// that reading and the writing is lost, but not what it writes while a helper program is asked.
//
// kUnavailable where the turn does not come within 30 s; kConflict where another helper program is
// in charge than before one was asked; kInvalidInput where the file is no such configuration, or a
// helper program fails; kNotFound where that is not on PATH; kIo, kCancelled.
class LoginStore {
 public:
  // `files` and `clock` must outlive it. The file need not exist.
  LoginStore(FileSystem& files, std::string path, Clock& clock)
      : files_(files), path_(std::move(path)), clock_(clock) {}

  // Keeps the login, in place of another one. Returns where the secret is: the name of the helper
  // program, or the path of the file. `registry` is "host[:port]".
  Result<std::string> store(const std::string& registry, const oci::Credentials& credentials,
                            std::stop_token stop);
  // Forgets it, and those under the older names that docker gave to the same registry. False where
  // there was none.
  Result<bool> erase(const std::string& registry, std::stop_token stop);

  const std::string& path() const { return path_; }

 private:
  Result<Json> read();
  // Reads, changes and writes the file, alone.
  Result<> change(const std::function<Result<>(Json& config)>& change, const std::stop_token& stop);

  FileSystem& files_;
  std::string path_;
  Clock& clock_;
};

}  // namespace sealift::logins
