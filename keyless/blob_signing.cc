#include <sealift/base/encoding.h>
#include <sealift/crypto/signature_scheme.h>
#include <sealift/keyless/blob_signing.h>
#include <sealift/sigstore/bundle.h>

#include <optional>
#include <utility>

#include "certificate_authority.h"
#include "timestamp_authority.h"
#include "transparency_log.h"

namespace sealift::keyless {
namespace {

using sigstore::MessageSignature;
using sigstore::SignedEvidence;
using sigstore::TrustedRoot;

// A signing key, and who stands behind it where that is not the key itself.
struct Signer {
  const crypto::PrivateKey& key;
  std::optional<crypto::Certificate> certificate;
};

crypto::HashAlgorithm own_hash(crypto::KeyType type) {
  switch (type) {
    case crypto::KeyType::kEcdsaP384:
      return crypto::HashAlgorithm::kSha384;
    case crypto::KeyType::kEcdsaP521:
      return crypto::HashAlgorithm::kSha512;
    default:
      return crypto::HashAlgorithm::kSha256;
  }
}

// Logs take a key's own hash alone; without one, what cosign verifies, which is SHA-256 with every
// key (see PrivateKey::sign()).
Result<MessageSignature> sign_message(std::string_view bytes, const crypto::PrivateKey& key,
                                      bool is_logged) {
  MessageSignature message;
  const auto algorithm = is_logged ? own_hash(key.type()) : crypto::HashAlgorithm::kSha256;
  message.digest = sigstore::HashOutput{algorithm, crypto::hash(algorithm, bytes)};
  SEALIFT_ASSIGN(message.signature, is_logged
                                        ? crypto::sign(key, crypto::own_scheme(key.type()), bytes)
                                        : key.sign(bytes));
  return message;
}

// The signature with what each of the services says of it.
Result<SignedEvidence> collect_evidence(std::string_view bytes, const Signer& signer,
                                        const SigningServices& services,
                                        const Environment& environment, std::stop_token stop) {
  SignedEvidence evidence;
  SEALIFT_ASSIGN(auto message, sign_message(bytes, signer.key, !services.logs.empty()));
  if (signer.certificate) {
    evidence.certificates.push_back(*signer.certificate);
  } else {
    evidence.key_hint = signer.key.public_key().hint();
  }
  for (const auto& url : services.timestamp_authorities) {
    SEALIFT_ASSIGN(auto stamp, request_timestamp(url, message.signature, environment, stop));
    evidence.timestamps.push_back(std::move(stamp));
  }
  const LogSubmission submission{message.signature, *message.digest, signer.key.public_key(),
                                 signer.certificate};
  for (const auto& log : services.logs) {
    SEALIFT_ASSIGN(auto entry, submit_to_log(log, submission, environment, stop));
    evidence.log_entries.push_back(std::move(entry));
  }
  evidence.content = std::move(message);
  return evidence;
}

// Who the signature will be said to be of.
Result<sigstore::IdentityRule> certified_identity(const crypto::Certificate& certificate) {
  SEALIFT_ASSIGN(const auto identity, sigstore::read_certificate_identity(certificate));
  SEALIFT_ASSIGN(auto name, sigstore::TextRule::exact(identity.name.value));
  SEALIFT_ASSIGN(auto issuer, sigstore::TextRule::exact(identity.issuer));
  return sigstore::IdentityRule{std::move(name), std::move(issuer)};
}

Result<sigstore::VerificationRule> rule_for(const Signer& signer, const SigningServices& services) {
  if (signer.certificate) {
    SEALIFT_ASSIGN(auto identity, certified_identity(*signer.certificate));
    return sigstore::VerificationRule{std::move(identity)};
  }
  return sigstore::VerificationRule{.signer = signer.key.public_key(),
                                    .requires_log = !services.logs.empty()};
}

// With a key the verifier passes over time stamps by authorities that the root does not know; who
// asked for one wants one that counts.
Result<> check_complete(const sigstore::VerifiedSignature& verified,
                        const SigningServices& services) {
  if (verified.timestamps.size() == services.timestamp_authorities.size()) return {};
  return fail(ErrorCode::kUntrusted,
              "the trusted root does not know the time stamp authority that was asked");
}

Result<SignedBlob> sign_and_verify(std::string_view bytes, const Signer& signer,
                                   const SigningServices& services, const TrustedRoot& root,
                                   const Environment& environment, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto evidence,
                 collect_evidence(bytes, signer, services, environment, std::move(stop)));
  SEALIFT_ASSIGN(const auto rule, rule_for(signer, services));
  std::string bundle = sigstore::serialize_bundle(evidence);
  constexpr std::string_view kContext =
      "what was signed does not verify, and is not given out; is this the trusted root of the "
      "services that signed?";
  SEALIFT_ASSIGN_CONTEXT(const auto written, sigstore::parse_bundle(bundle, "the bundle"),
                         kContext);
  SEALIFT_ASSIGN_CONTEXT(auto verified,
                         sigstore::verify_evidence(written, sigstore::Artifact::of_bytes(bytes),
                                                   root, rule, environment.clock.now()),
                         kContext);
  SEALIFT_TRY(check_complete(verified, services));
  return SignedBlob{std::move(bundle), std::move(verified)};
}

}  // namespace

Result<SignedBlob> sign_blob(std::string_view bytes, const crypto::PrivateKey& key,
                             const SigningServices& services, const TrustedRoot& root,
                             const Environment& environment, std::stop_token stop) {
  if (key.type() == crypto::KeyType::kEd25519 && !services.logs.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the key " + key.public_key().fingerprint() +
                    " is of type ed25519, whose signatures transparency logs take in a prehashed "
                    "form alone: use a P-256 key, or sign without a log");
  }
  return sign_and_verify(bytes, {key, std::nullopt}, services, root, environment, std::move(stop));
}

Result<SignedBlob> sign_blob(std::string_view bytes, const IdentityToken& token,
                             const SigningServices& services, const TrustedRoot& root,
                             const Environment& environment, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto key, crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256));
  SEALIFT_ASSIGN(auto certificate, request_certificate(services.certificate_authority, token, key,
                                                       environment, stop));
  SEALIFT_ASSIGN(const auto identity, sigstore::read_certificate_identity(certificate));
  if (token.is_mail && identity.name.value != token.subject) {
    return fail(ErrorCode::kUntrusted,
                "the certificate authority certified " + printable(identity.name.value) +
                    ", and the identity token names " + printable(token.subject));
  }
  return sign_and_verify(bytes, {key, std::move(certificate)}, services, root, environment,
                         std::move(stop));
}

}  // namespace sealift::keyless
