#include "key_details.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/pem.h>

#include <optional>
#include <string>

namespace sealift::sigstore {
namespace {

using crypto::KeyType;
using crypto::SignatureScheme;

struct KeyDetails {
  std::string_view name;
  SignatureScheme scheme;
  // Nullopt where the scheme alone says which types there may be.
  std::optional<KeyType> type = std::nullopt;
  bool is_pkcs1 = false;  // an RSAPublicKey (RFC 8017, appendix A.1.1), not an SPKI
};

constexpr KeyDetails kKeyDetails[] = {
    {"PKIX_ECDSA_P256_SHA_256", SignatureScheme::kEcdsaP256Sha256},
    {"PKIX_ECDSA_P384_SHA_384", SignatureScheme::kEcdsaP384Sha384},
    {"PKIX_ECDSA_P521_SHA_512", SignatureScheme::kEcdsaP521Sha512},
    {"PKIX_ED25519", SignatureScheme::kEd25519},
    {"PKIX_RSA_PKCS1V15_2048_SHA256", SignatureScheme::kRsaPkcs1Sha256, KeyType::kRsa2048},
    {"PKIX_RSA_PKCS1V15_3072_SHA256", SignatureScheme::kRsaPkcs1Sha256, KeyType::kRsa3072},
    {"PKIX_RSA_PKCS1V15_4096_SHA256", SignatureScheme::kRsaPkcs1Sha256, KeyType::kRsa4096},
    {"PKIX_RSA_PSS_2048_SHA256", SignatureScheme::kRsaPssSha256, KeyType::kRsa2048},
    {"PKIX_RSA_PSS_3072_SHA256", SignatureScheme::kRsaPssSha256, KeyType::kRsa3072},
    {"PKIX_RSA_PSS_4096_SHA256", SignatureScheme::kRsaPssSha256, KeyType::kRsa4096},
    {"PKIX_RSA_PKCS1V5", SignatureScheme::kRsaPkcs1Sha256},
    {"PKCS1_RSA_PKCS1V5", SignatureScheme::kRsaPkcs1Sha256, std::nullopt, true},
};

const KeyDetails* find_details(std::string_view name) {
  for (const auto& details : kKeyDetails) {
    if (details.name == name) return &details;
  }
  return nullptr;
}

}  // namespace

Result<DetailedKey> read_detailed_key(std::string_view details, std::string_view bytes,
                                      std::string_view what) {
  const KeyDetails* known = find_details(details);
  if (known == nullptr) {
    return fail(ErrorCode::kInvalidInput, std::string(what) + ": keyDetails " +
                                              printable(details, 80) +
                                              " is not a kind of key that is used here");
  }
  auto key = known->is_pkcs1
                 ? crypto::PublicKey::from_pem(crypto::write_pem("RSA PUBLIC KEY", bytes), what)
                 : crypto::PublicKey::from_der(bytes, what);
  if (!key) return fail(std::move(key).error());
  const bool fits =
      known->type ? key->type() == *known->type : crypto::suits(known->scheme, key->type());
  if (!fits) {
    return fail(ErrorCode::kInvalidInput, std::string(what) + ": the key is of type " +
                                              std::string(to_string(key->type())) +
                                              ", and keyDetails says " + std::string(details));
  }
  return DetailedKey{*std::move(key), known->scheme};
}

}  // namespace sealift::sigstore
