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

// A piece that a signer of the policy made about this artifact, whatever it says.
struct JudgedSignature {
  AcceptedSignature seen;
  std::vector<std::string> signers;  // whose it is, by the policy's names; at least one
  std::string person;                // the key or the identity itself: who counts once
  Json predicate;                    // of an attestation
  // Whether a log of the policy's root holds it, and if not, why not.
  bool is_logged = false;
  bool has_log_entries = false;
  std::optional<Complaint> log_fault = std::nullopt;
};

// Judges pieces one by one: form, signer, what is stored with the signature, subject. What was
// signed is not read before its signature fits. The policy must outlive the judge.
class SignatureJudge {
 public:
  SignatureJudge(const TrustPolicy& policy, const Digest& digest, Timestamp now);

  tl::expected<JudgedSignature, Complaint> judge(const FoundSignature& piece) const;

 private:
  // What the policy's requirements want of logs, of one kind of signer.
  struct LogUse {
    bool is_wanted = false;
    bool is_dispensable = false;
    void add(Transparency transparency);
  };
  using Judgement = tl::expected<JudgedSignature, Complaint>;

  Judgement judge_by_key(const sigstore::SignedEvidence& evidence) const;
  Judgement judge_by_certificate(const sigstore::SignedEvidence& evidence) const;
  Judgement verify(const sigstore::SignedEvidence& evidence, sigstore::VerificationRule rule,
                   LogUse use) const;
  tl::expected<const NamedKey*, Complaint> find_key(const sigstore::SignedEvidence& evidence) const;
  tl::expected<void, Complaint> check_validity(const NamedKey& key,
                                               std::optional<Timestamp> signed_at) const;
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
