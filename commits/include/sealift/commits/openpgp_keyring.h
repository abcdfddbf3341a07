#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::commits {

struct OpenPgpSigner {
  std::string fingerprint;  // of the primary key, in hexadecimal capitals
  std::string user_id;      // the primary one; printable, perhaps empty
};

// OpenPGP certificates (RFC 4880), armored or not, as `gpg --export` writes them. All of them may
// sign.
class OpenPgpKeyring {
 public:
  // At most 16 MiB. kInvalidInput where something in it cannot be read or nothing is.
  static Result<OpenPgpKeyring> parse(std::string_view bytes, const std::string& what);

  // That exactly one key of the ring made the detached signature, armored, over the message, and
  // is neither revoked nor, at `now`, expired. Refused besides: hashes below SHA-2, RSA below 2048
  // bits, DSA. kUntrusted, saying why.
  Result<OpenPgpSigner> verify(std::string_view message, std::string_view signature,
                               Timestamp now) const;

 private:
  std::string bytes_;
};

}  // namespace sealift::commits
