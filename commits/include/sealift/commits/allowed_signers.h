#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::commits {

// A line of the list.
struct AllowedSigner {
  std::size_t line = 0;
  std::string principals;     // patterns with commas between: "alice@example.com,*@ops.example.com"
  bool is_authority = false;  // cert-authority: who it certified may sign
  std::optional<std::string> namespaces;  // patterns; nullopt: all
  std::optional<Timestamp> valid_after;
  std::optional<Timestamp> valid_before;
  std::string key_type;
  std::string key;  // as SSH's wire format has it
};

// OpenSSH's file of those who may sign (ssh-keygen(1), ALLOWED SIGNERS), as git reads it under
// gpg.ssh.allowedSignersFile.
class AllowedSigners {
 public:
  // At most 1 MiB and 10,000 lines of at most 16 KiB. kInvalidInput naming the line for anything
  // that is not understood: ssh-keygen passes over such lines. Times without a "Z" are UTC too,
  // where ssh-keygen takes the machine's zone.
  static Result<AllowedSigners> parse(std::string_view text, const std::string& what);

  const std::vector<AllowedSigner>& lines() const { return lines_; }

 private:
  std::vector<AllowedSigner> lines_;
};

}  // namespace sealift::commits
