#include "checkpoint_key_id.h"

#include <sealift/crypto/hash.h>

namespace sealift::sigstore {
namespace {

constexpr std::size_t kEd25519Bytes = 32;
constexpr std::string_view kEd25519Algorithm = "\x01";
constexpr std::string_view kRsaAlgorithm = "\xffPKIX-RSA-PKCS#1v1.5";

std::string key_id_of(std::string_view hashed) {
  return crypto::hash(crypto::HashAlgorithm::kSha256, hashed).substr(0, kCheckpointKeyIdBytes);
}

}  // namespace

std::string checkpoint_key_id(const crypto::PublicKey& key, std::string_view name) {
  std::string_view bytes = key.der();
  std::string hashed = std::string(name) + '\n';
  switch (key.type()) {
    case crypto::KeyType::kEcdsaP256:
    case crypto::KeyType::kEcdsaP384:
    case crypto::KeyType::kEcdsaP521:
      return rekor1_key_id(key);
    case crypto::KeyType::kEd25519:
      hashed += kEd25519Algorithm;
      // The point is the end of the SPKI (RFC 8410, section 4).
      bytes.remove_prefix(bytes.size() - kEd25519Bytes);
      break;
    case crypto::KeyType::kRsa2048:
    case crypto::KeyType::kRsa3072:
    case crypto::KeyType::kRsa4096:
      hashed += kRsaAlgorithm;
      break;
  }
  return key_id_of(hashed.append(bytes));
}

std::string rekor1_key_id(const crypto::PublicKey& key) { return key_id_of(key.der()); }

}  // namespace sealift::sigstore
