#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::checks {

// Something in a text that looks like a secret.
struct FoundSecret {
  std::string_view what;   // "an access token of GitHub"
  std::string beginning;   // the first few characters, which say nothing; printable
  std::size_t length = 0;  // in bytes, of all of it
};

inline constexpr std::size_t kMaxSecretsInText = 16;

// Private keys, and tokens in the forms by which their issuers make them known, in a text or in
// what its base64 says. A word that merely could be a password is none.
std::vector<FoundSecret> scan_for_secrets(std::string_view text);

}  // namespace sealift::checks
