#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/signing/evidence.h>
#include <sealift/signing/signature_store.h>
#include <sealift/signing/trust_policy.h>
#include <sealift/sigstore/signed_evidence.h>
#include <sealift/sigstore/verification.h>

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace sealift::signing {

// Why one piece does not count.
struct Complaint {
  Refusal refusal = Refusal::kMalformed;
  std::string reason;
  std::optional<sigstore::RefusalKind> kind = std::nullopt;
};

inline tl::unexpected<Complaint> complain(Refusal refusal, std::string reason) {
  return tl::unexpected<Complaint>(Complaint{refusal, std::move(reason)});
}

// What is stored with a signature and proves when it was there.
struct Proof {
  std::vector<LogProof> logs = {};
  std::vector<TimeProof> timestamps = {};
  std::optional<Timestamp> signed_at = std::nullopt;  // the earliest of these times
};

// What a piece is worth to those who look at logs in one way.
using Reading = tl::expected<Proof, Complaint>;

// A piece that a signer of the policy made about this artifact, whatever it says.
struct JudgedSignature {
  AcceptedSignature seen;            // without a Proof, which depends on who asks
  std::vector<std::string> signers;  // whose it is, by the policy's names; at least one
  std::string person;                // the key or the identity itself: who counts once
  Json predicate;                    // of an attestation
  bool has_log_entries = false;
  // As it is with its log entries, and as it is where nobody looks at these. One of them holds;
  // nullopt: no requirement of the policy looks at it in this way.
  std::optional<Reading> with_log = std::nullopt;
  std::optional<Reading> without_log = std::nullopt;

  // What it is worth to a requirement of the policy that treats logs like this. It lives as long
  // as this piece.
  const Reading& reading(Transparency transparency) const;
};

// Judges pieces one by one: form, signer, what is stored with the signature, subject. What was
// signed is not read before its signature fits. The policy must outlive the judge.
class SignatureJudge {
 public:
  SignatureJudge(const TrustPolicy& policy, const Digest& digest, Timestamp now);

  tl::expected<JudgedSignature, Complaint> judge(const FoundSignature& piece) const;

 private:
  // In which ways the policy's requirements look at logs, of one kind of signer.
  struct LogUse {
    bool required = false;
    bool preferred = false;
    bool waived = false;
    void add(Transparency transparency);
  };
  using Judgement = tl::expected<JudgedSignature, Complaint>;

  Judgement judge_by_key(const sigstore::SignedEvidence& evidence) const;
  Judgement judge_by_certificate(const sigstore::SignedEvidence& evidence) const;
  Judgement verify(const sigstore::SignedEvidence& evidence, sigstore::VerificationRule rule,
                   LogUse use) const;
  // Notes in `judged` who signed what, where that holds.
  Reading read_proof(const sigstore::SignedEvidence& evidence,
                     const sigstore::VerificationRule& rule, JudgedSignature& judged) const;
  tl::expected<const NamedKey*, Complaint> find_key(const sigstore::SignedEvidence& evidence) const;
  void check_validity(const NamedKey& key, std::optional<Reading>& reading) const;
  tl::expected<std::vector<std::string>, Complaint> find_identities(
      const sigstore::CertificateIdentity& identity) const;

  const TrustPolicy& policy_;
  const sigstore::TrustedRoot& root_;
  sigstore::Artifact artifact_;
  Timestamp now_;
  LogUse of_keys_;
  LogUse of_identities_;
};

}  // namespace sealift::signing
