#include "key_details.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/pem.h>

#include <array>
#include <string>

namespace sealift::sigstore {
namespace {

using crypto::HashAlgorithm;
using crypto::KeyType;
using crypto::SignatureScheme;

// Of the names that are deprecated those that roots and signers in use have.
constexpr auto kKeyDetails = std::to_array<KeyDetails>({
    {"PKIX_ECDSA_P256_SHA_256", KeyType::kEcdsaP256, HashAlgorithm::kSha256,
     SignatureScheme::kEcdsaP256Sha256},
    {"PKIX_ECDSA_P384_SHA_384", KeyType::kEcdsaP384, HashAlgorithm::kSha384,
     SignatureScheme::kEcdsaP384Sha384},
    {"PKIX_ECDSA_P521_SHA_512", KeyType::kEcdsaP521, HashAlgorithm::kSha512,
     SignatureScheme::kEcdsaP521Sha512},
    {"PKIX_ECDSA_P384_SHA_256", KeyType::kEcdsaP384, HashAlgorithm::kSha256, std::nullopt},
    {"PKIX_ECDSA_P521_SHA_256", KeyType::kEcdsaP521, HashAlgorithm::kSha256, std::nullopt},
    {"PKIX_ED25519", KeyType::kEd25519, std::nullopt, SignatureScheme::kEd25519},
    {"PKIX_ED25519_PH", KeyType::kEd25519, HashAlgorithm::kSha512, std::nullopt},
    {"PKIX_RSA_PKCS1V15_2048_SHA256", KeyType::kRsa2048, HashAlgorithm::kSha256,
     SignatureScheme::kRsaPkcs1Sha256},
    {"PKIX_RSA_PKCS1V15_3072_SHA256", KeyType::kRsa3072, HashAlgorithm::kSha256,
     SignatureScheme::kRsaPkcs1Sha256},
    {"PKIX_RSA_PKCS1V15_4096_SHA256", KeyType::kRsa4096, HashAlgorithm::kSha256,
     SignatureScheme::kRsaPkcs1Sha256},
    {"PKIX_RSA_PSS_2048_SHA256", KeyType::kRsa2048, HashAlgorithm::kSha256,
     SignatureScheme::kRsaPssSha256},
    {"PKIX_RSA_PSS_3072_SHA256", KeyType::kRsa3072, HashAlgorithm::kSha256,
     SignatureScheme::kRsaPssSha256},
    {"PKIX_RSA_PSS_4096_SHA256", KeyType::kRsa4096, HashAlgorithm::kSha256,
     SignatureScheme::kRsaPssSha256},
    {"PKIX_RSA_PKCS1V5", std::nullopt, HashAlgorithm::kSha256, SignatureScheme::kRsaPkcs1Sha256},
    {"PKCS1_RSA_PKCS1V5", std::nullopt, HashAlgorithm::kSha256, SignatureScheme::kRsaPkcs1Sha256,
     true},
});

}  // namespace

bool KeyDetails::suits(KeyType key) const {
  if (type) return key == *type;
  return crypto::suits(SignatureScheme::kRsaPkcs1Sha256, key);
}

const KeyDetails* find_key_details(std::string_view name) {
  for (const auto& details : kKeyDetails) {
    if (details.name == name) return &details;
  }
  return nullptr;
}

Result<LogKey> read_log_key(std::string_view details, std::string_view bytes,
                            std::string_view what) {
  const KeyDetails* known = find_key_details(details);
  if (known == nullptr || !known->scheme) {
    return fail(ErrorCode::kInvalidInput, std::string(what) + ": keyDetails " +
                                              printable(details, 80) +
                                              " is not a kind of key that a log here has");
  }
  auto key = known->is_pkcs1
                 ? crypto::PublicKey::from_pem(crypto::write_pem("RSA PUBLIC KEY", bytes), what)
                 : crypto::PublicKey::from_der(bytes, what);
  if (!key) return fail(std::move(key).error());
  if (!known->suits(key->type())) {
    return fail(ErrorCode::kInvalidInput, std::string(what) + ": the key is of type " +
                                              std::string(to_string(key->type())) +
                                              ", and keyDetails says " + std::string(details));
  }
  return LogKey{*std::move(key), *known->scheme};
}

}  // namespace sealift::sigstore
