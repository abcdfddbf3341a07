#pragma once

#include <sealift/base/clock.h>
#include <sealift/crypto/keys.h>
#include <sealift/sigstore/artifact.h>
#include <sealift/sigstore/certificate_identity.h>
#include <sealift/sigstore/identity_rule.h>
#include <sealift/sigstore/log_entry_verification.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/signed_evidence.h>
#include <sealift/sigstore/statement.h>
#include <sealift/sigstore/timestamp_evidence.h>
#include <sealift/sigstore/trusted_root.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sealift::sigstore {

// What must be true of a signature.
struct VerificationRule {
  // Who must have made it: this key, or whoever an authority certifies to be that.
  std::variant<crypto::PublicKey, IdentityRule> signer;
  // A log of the trusted root must hold it. Where not, log entries are not looked at, and give no
  // time either.
  bool requires_log = true;
  // A Certificate Transparency log of the trusted root must hold the certificate.
  bool requires_certificate_log = true;
  // What it must say of the artifact. Signatures over the artifact itself and cosign's classic ones
  // say what kSignaturePredicateType says, and nothing else. Nullopt: anything, which the caller
  // judges by the statement that is returned.
  std::optional<std::string> predicate_type = std::string(kSignaturePredicateType);
};

// Who signed, where a certificate says it.
struct CertifiedSigner {
  CertificateIdentity identity;
  crypto::Certificate certificate;
  crypto::Certificate anchor;
  const TrustedAuthority* authority = nullptr;
  std::vector<const TrustedLog*> certificate_logs;  // empty where none was required
};

// What was established, and by whom. Pointers are into the trusted root.
struct VerifiedSignature {
  crypto::PublicKey key;                                 // that made it
  std::optional<CertifiedSigner> signer = std::nullopt;  // nullopt: the rule named the key
  std::vector<ProvenLogEntry> log_entries = {};
  std::vector<ProvenTimestamp> timestamps = {};
  // When it was there: of the entries that a log promised at a time, and of the time stamps.
  std::vector<Timestamp> times = {};
  std::optional<Statement> statement = std::nullopt;  // of an envelope
};

// Whether digests of the artifact are not enough: of a signature over its bytes by a key whose hash
// they are not.
bool needs_artifact_bytes(const SignedEvidence& evidence, const VerificationRule& rule);

// A function of bytes, trusted root, rule and time: no network, no clock, no global. In the order
// of the specification of Sigstore's clients: log entries; time stamps, one of each authority;
// the certificate's path at each time that these establish; its promises of transparency; identity;
// signature; what was signed. With a key in the rule there is no certificate, no time is needed,
// and a time stamp by an authority that the root does not know is passed over.
//
// `now` decides only whether a log's key counts where nothing says when the entry was made.
Verdict<VerifiedSignature> verify_evidence(const SignedEvidence& evidence, const Artifact& artifact,
                                           const TrustedRoot& root, const VerificationRule& rule,
                                           Timestamp now);
// What is returned points into the root.
Verdict<VerifiedSignature> verify_evidence(const SignedEvidence&, const Artifact&,
                                           const TrustedRoot&&, const VerificationRule&,
                                           Timestamp) = delete;

}  // namespace sealift::sigstore
