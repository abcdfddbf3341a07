#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/credentials.h>

#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::logins {

// A program that keeps logins for docker and its kin: docker-credential-NAME on PATH, called with
// "get", "store" or "erase" (github.com/docker/docker-credential-helpers). `server` is what
// oci::docker_server_name() gives. A program has 30 seconds and may write 64 KiB.
//
// Errors name the program and quote what it wrote, unless that may hold a login: kInvalidInput
// where the program fails or answers something else, kIo where it cannot be started, kCancelled.
class CredentialHelper {
 public:
  // kNotFound where PATH has no such program, kInvalidInput for what is no name.
  static Result<CredentialHelper> find(std::string_view name);

  // Empty credentials where it has none.
  Result<oci::Credentials> get(const std::string& server, std::stop_token stop) const;
  Result<> store(const std::string& server, const oci::Credentials& credentials,
                 std::stop_token stop) const;
  Result<> erase(const std::string& server, std::stop_token stop) const;

  const std::string& program() const { return program_; }  // "docker-credential-NAME"

 private:
  struct Answer {
    bool succeeded = false;
    int exit_code = 0;
    std::string out;
    std::string err;
  };
  explicit CredentialHelper(std::string program, std::string path)
      : program_(std::move(program)), path_(std::move(path)) {}
  Result<Answer> ask(const char* action, std::string input, std::stop_token stop) const;
  Error failure(const std::string& action, const std::string& server, const Answer& answer,
                std::string_view secret) const;

  std::string program_;
  std::string path_;
};

}  // namespace sealift::logins
