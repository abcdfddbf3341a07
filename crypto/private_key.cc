#include <sealift/crypto/keys.h>
#include <sealift/crypto/pem.h>
#include <sealift/crypto/signing_device.h>

#include <openssl/evp.h>
#include <algorithm>
#include <cassert>

#include "encrypted_key.h"
#include "pkcs8_encryption.h"
#include "private_signature.h"

namespace sealift::crypto {
namespace {

constexpr std::string_view kPkcs8 = "PRIVATE KEY";
constexpr std::string_view kEncryptedPkcs8 = "ENCRYPTED PRIVATE KEY";
constexpr std::string_view kSigstore = "ENCRYPTED SIGSTORE PRIVATE KEY";
constexpr std::string_view kCosign = "ENCRYPTED COSIGN PRIVATE KEY";
constexpr std::string_view kSec1 = "EC PRIVATE KEY";
constexpr std::string_view kPkcs1 = "RSA PRIVATE KEY";

EvpKey make_key(KeyType type) {
  switch (type) {
    case KeyType::kEcdsaP256:
      return EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    case KeyType::kEcdsaP384:
      return EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384"));
    case KeyType::kEcdsaP521:
      return EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521"));
    case KeyType::kRsa2048:
      return EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
    case KeyType::kRsa3072:
      return EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{3072}));
    case KeyType::kRsa4096:
      return EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{4096}));
    case KeyType::kEd25519:
      return EvpKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  return nullptr;
}

// The key of a block that from_pem() takes; null where the label is another.
Result<EvpKey> open_stored(const PemBlock& block, std::string_view password,
                           std::string_view what) {
  if (block.label == kPkcs8) return evp_from_pkcs8(block.content.view(), what);
  if (block.label == kSigstore || block.label == kCosign) {
    SEALIFT_ASSIGN(const auto der, open_encrypted_key(block.content.view(), password, what));
    return evp_from_pkcs8(der.view(), what);
  }
  return EvpKey();
}

// Likewise for the labels that import_pem() adds.
Result<EvpKey> open_foreign(const PemBlock& block, std::string_view password,
                            std::string_view what) {
  if (block.label == kSec1) return evp_from_sec1(block.content.view(), what);
  if (block.label == kPkcs1) return evp_from_rsa_private(block.content.view(), what);
  if (block.label == kEncryptedPkcs8) {
    SEALIFT_ASSIGN(const auto der, open_encrypted_pkcs8(block.content.view(), password, what));
    return evp_from_pkcs8(der.view(), what);
  }
  return EvpKey();
}

Error unknown_label(const PemBlock& block, std::string_view what) {
  std::string message = std::string(what) + ": holds a PEM block \"" + block.label +
                        "\", which is not a private key in a form that can be used";
  if (block.label == kSec1 || block.label == kPkcs1 || block.label == kEncryptedPkcs8) {
    message += "; import it first with `sealift key import`";
  } else if (block.label.ends_with("PUBLIC KEY")) {
    message += "; this is the public half";
  }
  return Error(ErrorCode::kInvalidInput, std::move(message));
}

// `openssl ecparam -genkey` writes the curve in front of the key, which names it again.
Result<PemBlock> key_block(std::string_view pem, std::string_view what) {
  SEALIFT_ASSIGN(auto blocks, read_pem(pem, what));
  if (blocks.size() == 2 && blocks[0].label == "EC PARAMETERS" && blocks[1].label == kSec1) {
    return std::move(blocks[1]);
  }
  if (blocks.size() == 1) return std::move(blocks[0]);
  return fail(ErrorCode::kInvalidInput,
              std::string(what) + ": holds " + std::to_string(blocks.size()) +
                  " PEM blocks where exactly one private key is expected");
}

}  // namespace

struct PrivateKey::Impl {
  EvpKey key;  // null where a device has it
  PublicKey public_key;
  std::shared_ptr<const SigningDevice> device;

  static Result<PrivateKey> wrap(EvpKey key, std::string_view what) {
    SEALIFT_ASSIGN(auto public_key, PublicKey::from_der(evp_to_spki(key.get()), what));
    return PrivateKey(std::make_shared<Impl>(Impl{std::move(key), std::move(public_key), nullptr}));
  }
};

Result<PrivateKey> PrivateKey::generate(KeyType type) {
  const OpensslErrorScope errors;
  EvpKey key = make_key(type);
  if (!key) {
    return fail(ErrorCode::kIo, "generating a key of type " + std::string(to_string(type)) +
                                    " failed: the machine gave no randomness");
  }
  return Impl::wrap(std::move(key), "the new key");
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem, std::string_view password,
                                        std::string_view what) {
  SEALIFT_ASSIGN(const auto block, read_single_pem(pem, what));
  SEALIFT_ASSIGN(auto key, open_stored(block, password, what));
  if (!key) return fail(unknown_label(block, what));
  return Impl::wrap(std::move(key), what);
}

Result<PrivateKey> PrivateKey::import_pem(std::string_view pem, std::string_view password,
                                          std::string_view what) {
  SEALIFT_ASSIGN(const auto block, key_block(pem, what));
  SEALIFT_ASSIGN(auto key, open_stored(block, password, what));
  if (!key) {
    SEALIFT_ASSIGN(key, open_foreign(block, password, what));
  }
  if (!key) return fail(unknown_label(block, what));
  return Impl::wrap(std::move(key), what);
}

PrivateKey PrivateKey::in_device(PublicKey public_key,
                                 std::shared_ptr<const SigningDevice> device) {
  return PrivateKey(
      std::make_shared<Impl>(Impl{nullptr, std::move(public_key), std::move(device)}));
}

KeyType PrivateKey::type() const { return impl_->public_key.type(); }
PublicKey PrivateKey::public_key() const { return impl_->public_key; }
bool PrivateKey::is_in_memory() const { return impl_->device == nullptr; }

Result<std::string> PrivateKey::to_encrypted_pem(std::string_view password, Random& random) const {
  assert(is_in_memory());
  const Secret der = evp_to_pkcs8(impl_->key.get());
  SEALIFT_ASSIGN(const auto sealed, seal_encrypted_key(der.view(), password, random));
  return write_pem(kSigstore, sealed);
}

std::string PrivateKey::to_plain_pem() const {
  assert(is_in_memory());
  const Secret der = evp_to_pkcs8(impl_->key.get());
  return write_pem(kPkcs8, der.view());
}

Result<std::string> PrivateKey::sign(std::string_view message) const {
  std::optional<HashAlgorithm> hash;
  if (type() != KeyType::kEd25519) hash = HashAlgorithm::kSha256;
  return private_signature(*this, hash, RsaPadding::kPkcs1, message);
}

evp_pkey_st* evp_of(const PrivateKey& key) { return key.impl_->key.get(); }
const SigningDevice* device_of(const PrivateKey& key) { return key.impl_->device.get(); }

bool is_encrypted_pem(std::string_view pem) {
  const auto blocks = read_pem(pem, "the key");
  if (!blocks) return false;
  return std::any_of(blocks->begin(), blocks->end(), [](const PemBlock& block) {
    return block.label == kSigstore || block.label == kCosign || block.label == kEncryptedPkcs8;
  });
}

}  // namespace sealift::crypto
