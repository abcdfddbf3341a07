#pragma once

#include "temp_directory.h"

#include <string>
#include <string_view>
#include <utility>

namespace sealift::test {

// SoftHSM, which is a PKCS#11 token without hardware, with its keys in a directory of its own and
// one token "ci" in it. Whoever loads its module needs the variable environment() set.
class SoftToken {
 public:
  static constexpr const char* kModule = "/usr/lib/softhsm/libsofthsm2.so";
  static constexpr const char* kPin = "98760123";

  SoftToken();

  // SOFTHSM2_CONF and its value.
  std::pair<std::string, std::string> environment() const;
  // Another one beside it, with the same PIN.
  void add_token(const std::string& label) const;
  // Both halves of a key in a PEM file (PKCS#8 without a password); `id` is hexadecimal.
  void import(const std::string& pem_file, const std::string& label, const std::string& id,
              const std::string& token = "ci") const;
  // Another line in the module's configuration: "slots.mechanisms = CKM_RSA_PKCS".
  void configure(std::string_view line) const;

 private:
  TempDirectory directory_;
};

}  // namespace sealift::test
