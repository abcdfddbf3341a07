#include "attested_signature.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/signature_scheme.h>

#include <utility>

#include "certificate_authority.h"
#include "timestamp_authority.h"

namespace sealift::keyless {
namespace {

using sigstore::SignedEvidence;

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

Result<SigningKey> use_key(const crypto::PrivateKey& key, const SigningServices& services) {
  if (key.type() == crypto::KeyType::kEd25519 && !services.logs.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the key " + key.public_key().fingerprint() +
                    " is of type ed25519, whose signatures transparency logs take in a prehashed "
                    "form alone: use a P-256 key, or sign without a log");
  }
  return SigningKey{key, std::nullopt};
}

Result<SigningKey> certify_new_key(const IdentityToken& token, const SigningServices& services,
                                   const Environment& environment, std::stop_token stop) {
  SEALIFT_ASSIGN(auto key, crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256));
  SEALIFT_ASSIGN(auto certificate, request_certificate(services.certificate_authority, token, key,
                                                       environment, std::move(stop)));
  SEALIFT_ASSIGN(const auto identity, sigstore::read_certificate_identity(certificate));
  if (token.is_mail && identity.name.value != token.subject) {
    return fail(ErrorCode::kUntrusted,
                "the certificate authority certified " + printable(identity.name.value) +
                    ", and the identity token names " + printable(token.subject));
  }
  return SigningKey{std::move(key), std::move(certificate)};
}

// Who the signature will be said to be of.
Result<sigstore::IdentityRule> certified_identity(const crypto::Certificate& certificate) {
  SEALIFT_ASSIGN(const auto identity, sigstore::read_certificate_identity(certificate));
  SEALIFT_ASSIGN(auto name, sigstore::TextRule::exact(identity.name.value));
  SEALIFT_ASSIGN(auto issuer, sigstore::TextRule::exact(identity.issuer));
  return sigstore::IdentityRule{std::move(name), std::move(issuer)};
}

Result<sigstore::VerificationRule> rule_for(const SigningKey& signer,
                                            const SigningServices& services) {
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

}  // namespace

Result<SigningKey> prepare_key(const Signatory& signatory, const SigningServices& services,
                               const Environment& environment, std::stop_token stop) {
  if (const auto* key = std::get_if<crypto::PrivateKey>(&signatory)) return use_key(*key, services);
  return certify_new_key(std::get<IdentityToken>(signatory), services, environment,
                         std::move(stop));
}

Result<PlainSignature> sign_bytes(std::string_view bytes, const crypto::PrivateKey& key,
                                  SignatureHash hash) {
  const auto algorithm =
      hash == SignatureHash::kOwn ? own_hash(key.type()) : crypto::HashAlgorithm::kSha256;
  PlainSignature made{{}, {algorithm, crypto::hash(algorithm, bytes)}};
  SEALIFT_ASSIGN(made.signature, hash == SignatureHash::kOwn
                                     ? crypto::sign(key, crypto::own_scheme(key.type()), bytes)
                                     : key.sign(bytes));
  return made;
}

Result<SignedEvidence> collect_evidence(const SigningKey& signer, const PlainSignature& signature,
                                        std::string_view stamped,
                                        std::optional<std::string> envelope,
                                        const SigningServices& services,
                                        const Environment& environment, std::stop_token stop) {
  SignedEvidence evidence;
  if (signer.certificate) {
    evidence.certificates.push_back(*signer.certificate);
  } else {
    evidence.key_hint = signer.key.public_key().hint();
  }
  for (const auto& url : services.timestamp_authorities) {
    SEALIFT_ASSIGN(auto stamp, request_timestamp(url, stamped, environment, stop));
    evidence.timestamps.push_back(std::move(stamp));
  }
  const LogSubmission submission{signature.signature, signature.digest, signer.key.public_key(),
                                 signer.certificate, std::move(envelope)};
  for (const auto& log : services.logs) {
    SEALIFT_ASSIGN(auto entry, submit_to_log(log, submission, environment, stop));
    evidence.log_entries.push_back(std::move(entry));
  }
  return evidence;
}

Result<sigstore::VerifiedSignature> verify_made(const SignedEvidence& made,
                                                const sigstore::Artifact& artifact,
                                                std::string_view predicate_type,
                                                const SigningKey& signer,
                                                const SigningServices& services,
                                                const sigstore::TrustedRoot& root, Timestamp now) {
  SEALIFT_ASSIGN(auto rule, rule_for(signer, services));
  rule.predicate_type = std::string(predicate_type);
  SEALIFT_ASSIGN_CONTEXT(auto verified, sigstore::verify_evidence(made, artifact, root, rule, now),
                         kUnverified);
  SEALIFT_TRY(check_complete(verified, services));
  return verified;
}

}  // namespace sealift::keyless
