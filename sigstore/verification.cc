#include <sealift/base/encoding.h>
#include <sealift/sigstore/signing_certificate.h>
#include <sealift/sigstore/verification.h>

#include <algorithm>
#include <utility>

#include "signed_content.h"

namespace sealift::sigstore {
namespace {

using Form = SignedEvidence::Form;

LogEvidence required_evidence(Form form) {
  switch (form) {
    case Form::kBundle01:
    case Form::kClassic:
      return LogEvidence::kPromise;
    case Form::kBundle02:
    case Form::kBundle03:
      return LogEvidence::kProof;
  }
  return LogEvidence::kProof;
}

// The key that must have made the signature.
Verdict<crypto::PublicKey> find_key(const SignedEvidence& evidence, const VerificationRule& rule) {
  const auto* certificate = evidence.certificate();
  const auto* key = std::get_if<crypto::PublicKey>(&rule.signer);
  if (key != nullptr && certificate != nullptr) {
    return refuse(RefusalKind::kKeyUnknown,
                  "it was made with a certificate, and asked for is the key " + key->fingerprint());
  }
  if (key != nullptr) return *key;
  if (certificate == nullptr) {
    return refuse(RefusalKind::kKeyUnknown,
                  "it was made with a key" +
                      (evidence.key_hint.empty() ? "" : " (" + printable(evidence.key_hint) + ")") +
                      ", and asked for is the certificate of an identity");
  }
  return or_refuse(certificate->public_key(), RefusalKind::kUnsupported);
}

// What the log's entries must be about.
Verdict<LoggedSignature> logged_signature(const SignedEvidence& evidence, const Artifact& artifact,
                                          const crypto::PublicKey& key) {
  LoggedSignature expected{.signature = evidence.signature(),
                           .key = &key,
                           .certificate = evidence.certificate(),
                           .envelope = evidence.envelope(),
                           .envelope_json = evidence.envelope_json};
  if (const auto* message = std::get_if<MessageSignature>(&evidence.content)) {
    SEALIFT_ASSIGN(expected.digest, match_digest(*message, artifact, key));
    // Then the log may have hashed it in its own way.
    if (!message->digest) expected.message = artifact.bytes;
  } else if (const auto* signed_payload = std::get_if<SignedPayload>(&evidence.content)) {
    expected.message = signed_payload->payload;
  }
  return expected;
}

Verdict<> verify_logs(const SignedEvidence& evidence, const LoggedSignature& expected,
                      const TrustedRoot& root, VerifiedSignature& verified) {
  if (evidence.log_entries.empty()) {
    return refuse(RefusalKind::kLogEvidenceMissing,
                  "no transparency log holds the signature, or its entry was not kept with it");
  }
  SEALIFT_TRY(check_distinct(evidence.log_entries));
  for (const auto& entry : evidence.log_entries) {
    SEALIFT_ASSIGN(auto proven,
                   verify_log_entry(entry, expected, root, required_evidence(evidence.form)));
    if (proven.integrated_time) verified.times.push_back(*proven.integrated_time);
    verified.log_entries.push_back(std::move(proven));
  }
  return {};
}

// Time stamps are of the signature. In the classic form cosign verifies them as of the whole
// envelope, and from 3 on makes them of the signature (3.1.3, tested): either was there before
// them.
Verdict<ProvenTimestamp> verify_stamp(const std::string& timestamp, const SignedEvidence& evidence,
                                      const TrustedRoot& root) {
  if (!evidence.envelope_json) return verify_timestamp(timestamp, evidence.signature(), root);
  auto of_envelope = verify_timestamp(timestamp, *evidence.envelope_json, root);
  if (of_envelope) return of_envelope;
  auto of_signature = verify_timestamp(timestamp, evidence.signature(), root);
  return of_signature ? of_signature : of_envelope;
}

Verdict<> verify_timestamps(const SignedEvidence& evidence, const TrustedRoot& root, bool by_key,
                            VerifiedSignature& verified) {
  if (evidence.timestamps.size() > kMaxTimestamps) {
    return refuse(RefusalKind::kTimestampMalformed,
                  "there are more than " + std::to_string(kMaxTimestamps) + " time stamps");
  }
  for (const auto& timestamp : evidence.timestamps) {
    const auto proven = verify_stamp(timestamp, evidence, root);
    const bool by_stranger = !proven && proven.error().kind == RefusalKind::kTimestampAuthority;
    if (by_key && by_stranger) continue;
    if (!proven) return tl::unexpected(proven.error());
    const bool twice =
        std::any_of(verified.timestamps.begin(), verified.timestamps.end(),
                    [&](const auto& earlier) { return earlier.authority == proven->authority; });
    if (twice) {
      return refuse(RefusalKind::kTimestampDuplicate,
                    "the authority " + printable(proven->authority->uri) +
                        " made two of the time stamps, and counts once at most");
    }
    verified.times.push_back(proven->time);
    verified.timestamps.push_back(*proven);
  }
  return {};
}

// The keys of logs whose entries bring no time of their own.
Verdict<> check_log_keys(const VerifiedSignature& verified, Timestamp now) {
  for (const auto& entry : verified.log_entries) {
    if (entry.integrated_time) continue;
    for (const Timestamp time : verified.times) SEALIFT_TRY(check_log_key(entry, time));
    if (verified.times.empty() && !entry.log->validity.contains(now)) {
      return refuse(RefusalKind::kLogKeyNotValid,
                    "nothing says when the signature was logged, and the key of " +
                        printable(entry.log->base_url) + " is valid " +
                        entry.log->validity.to_string() + " alone");
    }
  }
  return {};
}

Verdict<CertifiedSigner> verify_signer(const SignedEvidence& evidence, const TrustedRoot& root,
                                       const VerificationRule& rule,
                                       const std::vector<Timestamp>& times) {
  if (times.empty()) {
    return refuse(
        RefusalKind::kNoTime,
        "nothing that is trusted says when the signature was made, and certificates are "
        "valid for minutes: it needs " +
            std::string(rule.requires_log ? "a log's promise or a time stamp"
                                          : "a time stamp, because the log is waived here"));
  }
  const auto& leaf = evidence.certificates.front();
  const std::vector<crypto::Certificate> brought(evidence.certificates.begin() + 1,
                                                 evidence.certificates.end());
  SEALIFT_ASSIGN(auto proven, verify_signing_certificate(leaf, brought, times, root));
  std::vector<const TrustedLog*> certificate_logs;
  if (rule.requires_certificate_log) {
    SEALIFT_ASSIGN(certificate_logs, verify_certificate_transparency(proven.path, root));
  }
  SEALIFT_ASSIGN(auto identity, read_certificate_identity(leaf));
  SEALIFT_TRY(check_identity(identity, std::get<IdentityRule>(rule.signer)));
  return CertifiedSigner{std::move(identity), leaf, proven.path.back(), proven.authority,
                         std::move(certificate_logs)};
}

}  // namespace

bool needs_artifact_bytes(const SignedEvidence& evidence, const VerificationRule& rule) {
  if (!std::holds_alternative<MessageSignature>(evidence.content)) return false;
  const auto key = find_key(evidence, rule);
  return key &&
         (key->type() == crypto::KeyType::kEd25519 || key->type() == crypto::KeyType::kEcdsaP384);
}

Verdict<VerifiedSignature> verify_evidence(const SignedEvidence& evidence, const Artifact& artifact,
                                           const TrustedRoot& root, const VerificationRule& rule,
                                           Timestamp now) {
  const bool by_key = std::holds_alternative<crypto::PublicKey>(rule.signer);
  SEALIFT_ASSIGN(const auto key, find_key(evidence, rule));
  SEALIFT_ASSIGN(const auto expected, logged_signature(evidence, artifact, key));
  VerifiedSignature verified{.key = key};
  if (rule.requires_log) SEALIFT_TRY(verify_logs(evidence, expected, root, verified));
  SEALIFT_TRY(verify_timestamps(evidence, root, by_key, verified));
  SEALIFT_TRY(check_log_keys(verified, now));
  if (!by_key) {
    SEALIFT_ASSIGN(verified.signer, verify_signer(evidence, root, rule, verified.times));
  }
  SEALIFT_ASSIGN(verified.statement, verify_content(evidence, artifact, key, rule.predicate_type));
  return verified;
}

}  // namespace sealift::sigstore
