#include "private_signature.h"

#include <sealift/crypto/der.h>
#include <sealift/crypto/signing_device.h>

#include <openssl/evp.h>

namespace sealift::crypto {
namespace {

// 2.16.840.1.101.3.4.2.n (RFC 8017, appendix B.1).
std::string digest_info(HashAlgorithm algorithm, const std::string& digest) {
  std::string identifier = "\x60\x86\x48\x01\x65\x03\x04\x02";
  switch (algorithm) {
    case HashAlgorithm::kSha256:
      identifier += '\x01';
      break;
    case HashAlgorithm::kSha384:
      identifier += '\x02';
      break;
    case HashAlgorithm::kSha512:
      identifier += '\x03';
      break;
  }
  const std::string algorithm_identifier = write_der(
      kDerSequence, write_der(kDerObjectIdentifier, identifier) + write_der(kDerNull, ""));
  return write_der(kDerSequence, algorithm_identifier + write_der(kDerOctetString, digest));
}

// Ecdsa-Sig-Value (RFC 3279, section 2.2.3).
std::string ecdsa_der(std::string_view fixed) {
  const auto half = fixed.size() / 2;
  return write_der(kDerSequence, write_der_integer(fixed.substr(0, half)) +
                                     write_der_integer(fixed.substr(half)));
}

bool is_rsa(KeyType type) {
  return type == KeyType::kRsa2048 || type == KeyType::kRsa3072 || type == KeyType::kRsa4096;
}

Result<std::string> ask_device(const SigningDevice& device, KeyType type,
                               std::optional<HashAlgorithm> algorithm, std::string_view message) {
  if (type == KeyType::kEd25519 || !algorithm) return device.sign(message);
  const std::string digest = hash(*algorithm, message);
  if (is_rsa(type)) return device.sign(digest_info(*algorithm, digest));
  SEALIFT_ASSIGN(const auto fixed, device.sign(digest));
  return ecdsa_der(fixed);
}

Result<std::string> device_signature(const SigningDevice& device, const PublicKey& key,
                                     std::optional<HashAlgorithm> algorithm, RsaPadding padding,
                                     std::string_view message) {
  if (is_rsa(key.type()) && padding != RsaPadding::kPkcs1) {
    return fail(ErrorCode::kInvalidInput, "the device that holds the key " + key.fingerprint() +
                                              " is asked for PKCS#1 v1.5 alone, not for PSS");
  }
  SEALIFT_ASSIGN(auto signature, ask_device(device, key.type(), algorithm, message));
  // In a device the two halves are two objects, and nothing but their names ties them together.
  if (!evp_verifies(evp_of(key), evp_hash(algorithm), padding, message, signature)) {
    return fail(ErrorCode::kUntrusted, "what the device signed does not fit the public key " +
                                           key.fingerprint() +
                                           " that it shows; its private key belongs to another");
  }
  return signature;
}

}  // namespace

const EVP_MD* evp_hash(std::optional<HashAlgorithm> hash) {
  if (!hash) return nullptr;
  switch (*hash) {
    case HashAlgorithm::kSha256:
      return EVP_sha256();
    case HashAlgorithm::kSha384:
      return EVP_sha384();
    case HashAlgorithm::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

Result<std::string> private_signature(const PrivateKey& key, std::optional<HashAlgorithm> hash,
                                      RsaPadding padding, std::string_view message) {
  const PublicKey public_key = key.public_key();
  if (const auto* device = device_of(key)) {
    return device_signature(*device, public_key, hash, padding, message);
  }
  auto signature = evp_sign(evp_of(key), evp_hash(hash), padding, message);
  if (!signature) {
    return fail(ErrorCode::kIo, "signing with the key " + public_key.fingerprint() +
                                    " failed inside the cryptographic library");
  }
  return *std::move(signature);
}

}  // namespace sealift::crypto
