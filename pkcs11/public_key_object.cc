#include "public_key_object.h"

#include <sealift/crypto/certificate.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/spki.h>

#include <p11-kit/pkcs11.h>
#include <algorithm>
#include <cstring>

namespace sealift::pkcs11 {
namespace {

constexpr std::size_t kEd25519Bytes = 32;

// CKA_EC_POINT is an OCTET STRING around the point, and with some tokens the point itself.
std::string point_of(const std::string& attribute, std::initializer_list<std::size_t> sizes) {
  const auto wrapped = crypto::read_single_der(attribute, crypto::kDerOctetString);
  if (wrapped && std::find(sizes.begin(), sizes.end(), wrapped->content.size()) != sizes.end()) {
    return std::string(wrapped->content);
  }
  return attribute;
}

Result<CK_ULONG> number_of(const TokenSession& session, Number object, Number type) {
  SEALIFT_ASSIGN(const auto bytes, session.attribute(object, type));
  CK_ULONG value = CK_UNAVAILABLE_INFORMATION;
  if (bytes.size() == sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// Empty where the object does not show its public half.
Result<std::string> spki_of(const TokenSession& session, Number object, const std::string& what) {
  SEALIFT_ASSIGN(auto whole, session.attribute(object, CKA_PUBLIC_KEY_INFO));
  if (!whole.empty()) return whole;
  SEALIFT_ASSIGN(const auto type, number_of(session, object, CKA_KEY_TYPE));
  if (type == CKK_RSA) {
    SEALIFT_ASSIGN(const auto modulus, session.attribute(object, CKA_MODULUS));
    SEALIFT_ASSIGN(const auto exponent, session.attribute(object, CKA_PUBLIC_EXPONENT));
    if (modulus.empty() || exponent.empty()) return std::string();
    return crypto::rsa_spki(modulus, exponent);
  }
  if (type != CKK_EC && type != CKK_EC_EDWARDS) {
    return fail(ErrorCode::kInvalidInput,
                what + ": is a key of another algorithm than ECDSA, RSA and Ed25519");
  }
  SEALIFT_ASSIGN(const auto point, session.attribute(object, CKA_EC_POINT));
  SEALIFT_ASSIGN(const auto curve, session.attribute(object, CKA_EC_PARAMS));
  if (point.empty()) return std::string();
  if (type == CKK_EC) return crypto::ec_spki(curve, point_of(point, {65, 97, 133}));
  const auto raw = point_of(point, {kEd25519Bytes});
  if (raw.size() != kEd25519Bytes) {
    return fail(ErrorCode::kInvalidInput, what + ": is a key on another curve than Ed25519");
  }
  return crypto::ed25519_spki(raw);
}

}  // namespace

Result<crypto::PublicKey> public_key_of(const TokenSession& session, Number object,
                                        const std::string& what) {
  SEALIFT_ASSIGN(const auto object_class, number_of(session, object, CKA_CLASS));
  if (object_class == CKO_CERTIFICATE) {
    SEALIFT_ASSIGN(const auto der, session.attribute(object, CKA_VALUE));
    SEALIFT_ASSIGN(const auto certificate, crypto::Certificate::from_der(der, what));
    return certificate.public_key();
  }
  SEALIFT_ASSIGN(const auto der, spki_of(session, object, what));
  if (der.empty()) {
    return fail(ErrorCode::kNotFound, what + ": the token does not show the public half");
  }
  return crypto::PublicKey::from_der(der, what);
}

}  // namespace sealift::pkcs11
