#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/pem.h>

#include <openssl/evp.h>
#include <algorithm>

#include "ed25519.h"
#include "evp_key.h"

namespace sealift::crypto {
namespace {

constexpr std::size_t kEd25519Bytes = 32;

// The key's point, the end of its SPKI (RFC 8410, section 4).
std::string_view raw_ed25519(std::string_view spki_der) {
  return spki_der.substr(spki_der.size() - std::min(spki_der.size(), kEd25519Bytes));
}

// For a message of which only the hash is at hand.
bool fits_digest(EVP_PKEY* key, const Digest& digest, std::string_view signature) {
  const EVP_MD* hash =
      digest.algorithm() == Digest::Algorithm::kSha256 ? EVP_sha256() : EVP_sha512();
  const std::string raw = digest.raw();
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr);
  const bool good =
      context != nullptr && EVP_PKEY_verify_init(context) == 1 &&
      EVP_PKEY_CTX_set_signature_md(context, hash) == 1 &&
      EVP_PKEY_verify(context, reinterpret_cast<const unsigned char*>(signature.data()),
                      signature.size(), reinterpret_cast<const unsigned char*>(raw.data()),
                      raw.size()) == 1;
  EVP_PKEY_CTX_free(context);
  return good;
}

}  // namespace

struct PublicKey::Impl {
  KeyType type;
  EvpKey key;
  std::string der;
  Digest digest;  // of der
};

Result<PublicKey> PublicKey::from_der(std::string_view spki_der, std::string_view what) {
  if (spki_der.size() > kMaxPemBytes) {
    return fail(ErrorCode::kInvalidInput, std::string(what) + ": is larger than " +
                                              std::to_string(kMaxPemBytes) +
                                              " bytes, the limit for a public key");
  }
  SEALIFT_ASSIGN(auto key, evp_from_spki(spki_der, what));
  return adopt(key.release(), spki_der, what);
}

Result<PublicKey> PublicKey::adopt(evp_pkey_st* evp, std::string_view spki_der,
                                   std::string_view what) {
  EvpKey key(evp);
  SEALIFT_ASSIGN(const auto type, classify(key.get(), what));
  SEALIFT_TRY(check_public(key.get(), spki_der, what));
  if (type == KeyType::kEd25519 && !is_ed25519_key(raw_ed25519(spki_der))) {
    return fail(ErrorCode::kInvalidInput,
                std::string(what) + ": is an Ed25519 key that fits signatures which nobody made: " +
                    "its point is of small order or not on the curve");
  }
  return PublicKey(std::make_shared<Impl>(
      Impl{type, std::move(key), std::string(spki_der), Digest::of(spki_der)}));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem, std::string_view what) {
  SEALIFT_ASSIGN(const auto block, read_single_pem(pem, what));
  if (block.label == "PUBLIC KEY") return from_der(block.content.view(), what);
  if (block.label == "RSA PUBLIC KEY") {
    SEALIFT_ASSIGN(auto key, evp_from_rsa_public(block.content.view(), what));
    return from_der(evp_to_spki(key.get()), what);
  }
  std::string message = std::string(what) + ": holds a PEM block \"" + block.label +
                        "\" where \"PUBLIC KEY\" or \"RSA PUBLIC KEY\" is expected";
  if (block.label.ends_with("PRIVATE KEY")) {
    message += "; this is the private half: derive the public key from it and give that";
  } else if (block.label == "CERTIFICATE") {
    message += "; take the key out with `openssl x509 -pubkey -noout`";
  }
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

KeyType PublicKey::type() const { return impl_->type; }
const std::string& PublicKey::der() const { return impl_->der; }
std::string PublicKey::to_pem() const { return write_pem("PUBLIC KEY", impl_->der); }
std::string PublicKey::hint() const { return base64_encode(impl_->digest.raw()); }
std::string PublicKey::fingerprint() const { return impl_->digest.to_string(); }
evp_pkey_st* evp_of(const PublicKey& key) { return key.impl_->key.get(); }

Result<> PublicKey::verify(std::string_view message, std::string_view signature) const {
  const auto fits = [&](const EVP_MD* hash) {
    return evp_verifies(impl_->key.get(), hash, RsaPadding::kPkcs1, message, signature);
  };
  bool good = false;
  switch (impl_->type) {
    case KeyType::kEcdsaP384:
      good = fits(EVP_sha384()) || fits(EVP_sha256());
      break;
    case KeyType::kEcdsaP521:
      good = fits(EVP_sha512()) || fits(EVP_sha256());
      break;
    case KeyType::kEd25519:
      good = fits(nullptr) || verify_ed25519ph(raw_ed25519(impl_->der), message, signature);
      break;
    case KeyType::kEcdsaP256:
    case KeyType::kRsa2048:
    case KeyType::kRsa3072:
    case KeyType::kRsa4096:
      good = fits(EVP_sha256());
      break;
  }
  if (!good) {
    return fail(ErrorCode::kUntrusted, "the signature does not fit the key " + fingerprint());
  }
  return {};
}

Result<> PublicKey::verify_digest(const Digest& digest, std::string_view signature) const {
  const OpensslErrorScope errors;
  if (impl_->type == KeyType::kEd25519) {
    return fail(ErrorCode::kInvalidInput,
                "an Ed25519 signature can't be checked against a digest; give the file itself");
  }
  if (signature.size() > kMaxSignatureBytes || !fits_digest(impl_->key.get(), digest, signature)) {
    return fail(ErrorCode::kUntrusted, "the signature does not fit the key " + fingerprint());
  }
  return {};
}

}  // namespace sealift::crypto
