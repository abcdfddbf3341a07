#pragma once

#include <string_view>

namespace sealift::crypto {

// `public_key` has 32 bytes throughout, the last ones of its SPKI.

// True for the encoding of a point that a key may be: on the curve, in the main subgroup, not the
// identity, in its only encoding. With a key of small order a signature fits any message.
bool is_ed25519_key(std::string_view public_key);

// Ed25519ph (RFC 8032, section 5.1) with an empty context: the form that cosign signs with and
// OpenSSL 3.0 lacks.
bool verify_ed25519ph(std::string_view public_key, std::string_view message,
                      std::string_view signature);

}  // namespace sealift::crypto
