#include <sealift/crypto/signature_scheme.h>

#include <string>

#include "private_signature.h"

namespace sealift::crypto {
namespace {

// Null for Ed25519, which hashes on its own.
std::optional<HashAlgorithm> hash_of(SignatureScheme scheme) {
  switch (scheme) {
    case SignatureScheme::kEcdsaP256Sha256:
    case SignatureScheme::kRsaPkcs1Sha256:
    case SignatureScheme::kRsaPssSha256:
      return HashAlgorithm::kSha256;
    case SignatureScheme::kEcdsaP384Sha384:
    case SignatureScheme::kRsaPkcs1Sha384:
    case SignatureScheme::kRsaPssSha384:
      return HashAlgorithm::kSha384;
    case SignatureScheme::kEcdsaP521Sha512:
    case SignatureScheme::kRsaPkcs1Sha512:
    case SignatureScheme::kRsaPssSha512:
      return HashAlgorithm::kSha512;
    case SignatureScheme::kEd25519:
      return std::nullopt;
  }
  return std::nullopt;
}

RsaPadding padding_of(SignatureScheme scheme) {
  const bool is_pss = scheme == SignatureScheme::kRsaPssSha256 ||
                      scheme == SignatureScheme::kRsaPssSha384 ||
                      scheme == SignatureScheme::kRsaPssSha512;
  return is_pss ? RsaPadding::kPss : RsaPadding::kPkcs1;
}

Result<> check_suits(SignatureScheme scheme, const PublicKey& key) {
  if (suits(scheme, key.type())) return {};
  return fail(ErrorCode::kInvalidInput, "the key " + key.fingerprint() + " is of type " +
                                            std::string(to_string(key.type())) +
                                            ", which does not suit the scheme of the signature");
}

}  // namespace

bool suits(SignatureScheme scheme, KeyType type) {
  switch (scheme) {
    case SignatureScheme::kEcdsaP256Sha256:
      return type == KeyType::kEcdsaP256;
    case SignatureScheme::kEcdsaP384Sha384:
      return type == KeyType::kEcdsaP384;
    case SignatureScheme::kEcdsaP521Sha512:
      return type == KeyType::kEcdsaP521;
    case SignatureScheme::kEd25519:
      return type == KeyType::kEd25519;
    case SignatureScheme::kRsaPkcs1Sha256:
    case SignatureScheme::kRsaPkcs1Sha384:
    case SignatureScheme::kRsaPkcs1Sha512:
    case SignatureScheme::kRsaPssSha256:
    case SignatureScheme::kRsaPssSha384:
    case SignatureScheme::kRsaPssSha512:
      return type == KeyType::kRsa2048 || type == KeyType::kRsa3072 || type == KeyType::kRsa4096;
  }
  return false;
}

SignatureScheme own_scheme(KeyType type) {
  switch (type) {
    case KeyType::kEcdsaP256:
      return SignatureScheme::kEcdsaP256Sha256;
    case KeyType::kEcdsaP384:
      return SignatureScheme::kEcdsaP384Sha384;
    case KeyType::kEcdsaP521:
      return SignatureScheme::kEcdsaP521Sha512;
    case KeyType::kEd25519:
      return SignatureScheme::kEd25519;
    case KeyType::kRsa2048:
    case KeyType::kRsa3072:
    case KeyType::kRsa4096:
      return SignatureScheme::kRsaPkcs1Sha256;
  }
  return SignatureScheme::kEcdsaP256Sha256;
}

Result<std::string> sign(const PrivateKey& key, SignatureScheme scheme, std::string_view message) {
  SEALIFT_TRY(check_suits(scheme, key.public_key()));
  return private_signature(key, hash_of(scheme), padding_of(scheme), message);
}

Result<> verify_signature(const PublicKey& key, SignatureScheme scheme, std::string_view message,
                          std::string_view signature) {
  SEALIFT_TRY(check_suits(scheme, key));
  if (!evp_verifies(evp_of(key), evp_hash(hash_of(scheme)), padding_of(scheme), message,
                    signature)) {
    return fail(ErrorCode::kUntrusted, "the signature does not fit the key " + key.fingerprint());
  }
  return {};
}

}  // namespace sealift::crypto
