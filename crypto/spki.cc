#include <sealift/crypto/der.h>
#include <sealift/crypto/spki.h>

namespace sealift::crypto {
namespace {

// 1.2.840.10045.2.1, 1.2.840.113549.1.1.1 and 1.3.101.112.
constexpr std::string_view kEcPublicKey = "\x2a\x86\x48\xce\x3d\x02\x01";
constexpr std::string_view kRsaEncryption = "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
constexpr std::string_view kEd25519 = "\x2b\x65\x70";

std::string spki(std::string_view algorithm, std::string_view parameters, std::string_view key) {
  std::string identifier = write_der(kDerObjectIdentifier, algorithm);
  identifier += parameters;
  std::string bits(1, '\0');  // none of them is unused
  bits += key;
  return write_der(kDerSequence,
                   write_der(kDerSequence, identifier) + write_der(kDerBitString, bits));
}

}  // namespace

std::string rsa_spki(std::string_view modulus, std::string_view exponent) {
  return spki(kRsaEncryption, write_der(kDerNull, ""),
              write_der(kDerSequence, write_der_integer(modulus) + write_der_integer(exponent)));
}

std::string ec_spki(std::string_view curve, std::string_view point) {
  return spki(kEcPublicKey, curve, point);
}

std::string ed25519_spki(std::string_view point) { return spki(kEd25519, "", point); }

}  // namespace sealift::crypto
