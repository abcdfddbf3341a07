#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::keyless {

inline constexpr std::size_t kMaxTokenBytes = 64u << 10;

// An identity token of OpenID Connect (a JWT, RFC 7519), read and not verified: whether to believe
// it is the certificate authority's work. Whoever has the text is the person it names, so it is
// never printed.
struct IdentityToken {
  std::string text;
  std::string issuer;
  // What the authority wants signed as proof that the key is at hand: the mail address where the
  // token has one, otherwise the subject.
  std::string subject;
  bool is_mail = false;
  Timestamp expires;
  std::vector<std::string> audience = {};  // for whom it was made
  std::string nonce = {};                  // of which login; empty where it says none
};

// Whether somebody meant a token: three parts, of which the first begins as "{" does in base64url.
bool has_token_form(std::string_view text);

// Blanks and line ends around the token are passed over. kInvalidInput, never with the text in the
// message: not three parts of base64url, claims that are not there or of the wrong type, an address
// that the issuer did not verify, more than kMaxTokenBytes.
Result<IdentityToken> parse_identity_token(std::string_view text, std::string_view what);

}  // namespace sealift::keyless
