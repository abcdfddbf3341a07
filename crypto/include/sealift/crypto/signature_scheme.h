#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>

#include <string_view>

namespace sealift::crypto {

// One way to sign, its hash included, for formats that say which one they mean.
// ECDSA signatures are ASN.1 DER; of RSA-PSS any length of salt is taken; Ed25519 is pure.
enum class SignatureScheme {
  kEcdsaP256Sha256,
  kEcdsaP384Sha384,
  kEcdsaP521Sha512,
  kEd25519,
  kRsaPkcs1Sha256,
  kRsaPkcs1Sha384,
  kRsaPkcs1Sha512,
  kRsaPssSha256,
  kRsaPssSha384,
  kRsaPssSha512,
};

// Whether keys of that type can sign in this way.
bool suits(SignatureScheme scheme, KeyType type);

// Unlike PublicKey::verify(), which takes what cosign makes, exactly the one scheme. kUntrusted
// where the signature does not fit; kInvalidInput where the scheme does not suit the key.
Result<> verify_signature(const PublicKey& key, SignatureScheme scheme, std::string_view message,
                          std::string_view signature);

}  // namespace sealift::crypto
