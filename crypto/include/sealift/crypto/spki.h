#pragma once

#include <string>
#include <string_view>

namespace sealift::crypto {

// SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7) from the numbers that other formats have.
// Nothing is checked here: PublicKey::from_der() does.

// Both with the highest byte first.
std::string rsa_spki(std::string_view modulus, std::string_view exponent);
// `curve` is the object identifier in DER, with tag and length; `point` as of SEC 1, section 2.3.3.
std::string ec_spki(std::string_view curve, std::string_view point);
// The 32 bytes of RFC 8032.
std::string ed25519_spki(std::string_view point);

}  // namespace sealift::crypto
