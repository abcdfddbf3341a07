#include <sealift/crypto/signing_device.h>
#include <sealift/pkcs11/token_key.h>

#include <p11-kit/pkcs11.h>
#include <mutex>

#include "module_set.h"
#include "public_key_object.h"
#include "token_session.h"

namespace sealift::pkcs11 {
namespace {

struct Mechanism {
  CK_MECHANISM_TYPE type;
  const char* name;
};

Mechanism mechanism_of(crypto::KeyType type) {
  switch (type) {
    case crypto::KeyType::kEcdsaP256:
    case crypto::KeyType::kEcdsaP384:
    case crypto::KeyType::kEcdsaP521:
      return {CKM_ECDSA, "CKM_ECDSA"};
    case crypto::KeyType::kEd25519:
      return {CKM_EDDSA, "CKM_EDDSA"};
    case crypto::KeyType::kRsa2048:
    case crypto::KeyType::kRsa3072:
    case crypto::KeyType::kRsa4096:
      break;
  }
  return {CKM_RSA_PKCS, "CKM_RSA_PKCS"};
}

class TokenSigner final : public crypto::SigningDevice {
 public:
  TokenSigner(std::unique_ptr<TokenSession> session, Number key, Number mechanism,
              crypto::Secret pin)
      : session_(std::move(session)), key_(key), mechanism_(mechanism), pin_(std::move(pin)) {}

  Result<std::string> sign(std::string_view input) const override {
    const std::scoped_lock lock(mutex_);  // a session does one thing at a time
    return session_->sign(key_, mechanism_, input, pin_.view());
  }

 private:
  mutable std::mutex mutex_;
  std::unique_ptr<TokenSession> session_;
  Number key_;
  Number mechanism_;
  crypto::Secret pin_;
};

Result<std::unique_ptr<TokenSession>> open_session(const KeyUri& uri, const TokenAccess& access) {
  SEALIFT_ASSIGN(auto modules, ModuleSet::load(uri, access.module_path));
  return TokenSession::open(uri, std::move(modules));
}

Error none(const TokenSession& session, const KeyUri& uri, const std::string& what) {
  return Error(ErrorCode::kNotFound, "token \"" + session.token() + "\" has no " + what +
                                         " that fits " + uri.to_string());
}

// Nullopt where there is none. Several are kInvalidInput.
Result<std::optional<Number>> only(const std::vector<Number>& objects, const TokenSession& session,
                                   const KeyUri& uri, const std::string& what) {
  if (objects.empty()) return std::nullopt;
  if (objects.size() == 1) return objects.front();
  return fail(ErrorCode::kInvalidInput,
              "token \"" + session.token() + "\" has " + std::to_string(objects.size()) + " " +
                  what + "s that fit " + uri.to_string() + "; say which with id= or object=");
}

Result<crypto::Secret> log_in(TokenSession& session, const KeyUri& uri, const TokenAccess& access) {
  if (!session.wants_login()) return crypto::Secret();
  crypto::Secret pin;
  if (!session.asks_itself()) {
    SEALIFT_ASSIGN(auto given, uri.pin(access.files));
    if (given) {
      pin = *std::move(given);
    } else {
      SEALIFT_ASSIGN(pin, access.pin(session.token()));
    }
  }
  SEALIFT_TRY(session.log_in(pin.view()));
  return pin;
}

// The public key or certificate that goes with a private key: the one of the same id (PKCS#11,
// section 4.4), of several the one of the same label, or what the private key shows itself.
Result<crypto::PublicKey> public_half(const TokenSession& session, Number key, const KeyUri& uri) {
  SEALIFT_ASSIGN(const auto id, session.attribute(key, CKA_ID));
  SEALIFT_ASSIGN(const auto label, session.attribute(key, CKA_LABEL));
  for (const Number object_class : {CKO_PUBLIC_KEY, CKO_CERTIFICATE}) {
    if (id.empty() && label.empty()) break;
    SEALIFT_ASSIGN(auto found, session.find(object_class, id, id.empty() ? label : ""));
    if (found.size() > 1) {
      SEALIFT_ASSIGN(found, session.find(object_class, id, label));
    }
    SEALIFT_ASSIGN(const auto half, only(found, session, uri, "public key"));
    if (half) return public_key_of(session, *half, uri.to_string());
  }
  return public_key_of(session, key, uri.to_string());
}

}  // namespace

Result<crypto::PrivateKey> open_private_key(const KeyUri& uri, const TokenAccess& access) {
  SEALIFT_ASSIGN(auto session, open_session(uri, access));
  SEALIFT_ASSIGN(auto pin, log_in(*session, uri, access));
  SEALIFT_ASSIGN(const auto found, session->find(CKO_PRIVATE_KEY, uri));
  SEALIFT_ASSIGN(const auto key, only(found, *session, uri, "private key"));
  if (!key) return fail(none(*session, uri, "private key"));
  SEALIFT_ASSIGN(auto half, public_half(*session, *key, uri));
  const auto mechanism = mechanism_of(half.type());
  if (!session->signs_by(mechanism.type)) {
    return fail(ErrorCode::kInvalidInput, "token \"" + session->token() +
                                              "\" can't sign with a key of type " +
                                              std::string(to_string(half.type())) +
                                              ": it lacks the mechanism " + mechanism.name);
  }
  return crypto::PrivateKey::in_device(
      std::move(half),
      std::make_shared<TokenSigner>(std::move(session), *key, mechanism.type, std::move(pin)));
}

Result<crypto::PublicKey> read_public_key(const KeyUri& uri, const TokenAccess& access) {
  SEALIFT_ASSIGN(const auto session, open_session(uri, access));
  for (const Number object_class : {CKO_PUBLIC_KEY, CKO_CERTIFICATE}) {
    SEALIFT_ASSIGN(const auto found, session->find(object_class, uri));
    SEALIFT_ASSIGN(
        const auto object,
        only(found, *session, uri, object_class == CKO_PUBLIC_KEY ? "public key" : "certificate"));
    if (object) return public_key_of(*session, *object, uri.to_string());
  }
  return fail(none(*session, uri, "public key or certificate"));
}

}  // namespace sealift::pkcs11
