#pragma once

#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift {

// RFC 4648 section 5, without padding, as JOSE and PKCE write it (RFC 7515, section 2).
std::string base64url_encode(std::string_view bytes);
// As strict; kInvalidInput without any of the text, which may be a secret.
Result<std::string> base64url_decode(std::string_view text);

}  // namespace sealift
