#pragma once

#include <string_view>

namespace sealift::crypto {

// Ed25519ph (RFC 8032, section 5.1) with an empty context: the form that cosign signs with and
// OpenSSL 3.0 lacks. `public_key` has 32 bytes, as in the last 32 of its SPKI.
bool verify_ed25519ph(std::string_view public_key, std::string_view message,
                      std::string_view signature);

}  // namespace sealift::crypto
