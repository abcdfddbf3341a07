#pragma once

#include <sealift/base/result.h>

#include <stop_token>
#include <string>

namespace sealift::program {

// Where a password comes from, in this order: a file (its first line), the environment
// (SEALIFT_PASSWORD, then COSIGN_PASSWORD; empty counts), the terminal. Never a flag: flags are
// visible to every process.
class PasswordSource {
 public:
  std::string file;  // --password-file

  // `prompt` says whose password is asked for. kUnauthenticated where nobody can be asked,
  // kCancelled where the user answers with an end of file or an interrupt.
  Result<std::string> read(const std::string& prompt, std::stop_token stop) const;
  // The same, asked twice on a terminal, and the two compared.
  Result<std::string> read_new(const std::string& prompt, std::stop_token stop) const;

 private:
  Result<std::string> read_silently(bool& found) const;
};

// What a person types at the terminal, shown or not. `advice` is for where nobody can be asked:
// kUnauthenticated. kCancelled where the user answers with an end of file or an interrupt.
enum class Echo { kOff, kOn };
Result<std::string> ask_person(const std::string& prompt, const std::string& advice, Echo echo,
                               std::stop_token stop);

// The PIN of a token: from the environment (SEALIFT_PKCS11_PIN, then COSIGN_PKCS11_PIN), else the
// terminal. Errors as of PasswordSource::read().
Result<std::string> read_pin(const std::string& token, std::stop_token stop);

}  // namespace sealift::program
