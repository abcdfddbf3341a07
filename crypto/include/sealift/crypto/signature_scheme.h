#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>

#include <string>
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

// How a key of that type signs where a format leaves no choice: ECDSA with the hash that is as long
// as its curve, RSA as PKCS#1 v1.5 with SHA-256 (protobuf-specs, sigstore_common.proto,
// PublicKeyDetails).
SignatureScheme own_scheme(KeyType type);

// Unlike PrivateKey::sign(), in exactly that way. kInvalidInput where the scheme does not suit the
// key, and of PSS where it is in a device; kIo; the device's errors.
Result<std::string> sign(const PrivateKey& key, SignatureScheme scheme, std::string_view message);

// Unlike PublicKey::verify(), which takes what cosign makes, exactly the one scheme. kUntrusted
// where the signature does not fit; kInvalidInput where the scheme does not suit the key.
Result<> verify_signature(const PublicKey& key, SignatureScheme scheme, std::string_view message,
                          std::string_view signature);

}  // namespace sealift::crypto
