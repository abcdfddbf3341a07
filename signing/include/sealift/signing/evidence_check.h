#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/signing/evidence_document.h>

#include <optional>
#include <string>
#include <vector>

namespace sealift::signing {

// What somebody knows himself, and need not take the document's word for.
struct EvidenceExpectation {
  struct Policy {
    TrustPolicy policy;
    Json document;
  };
  struct Artifact {
    std::string repository;  // empty: any
    std::string tag;         // empty: any
    std::optional<Digest> digest;
  };

  // In the place of the document's policy. It brings its own root; where that is of a trust folder
  // into which nobody looked, and which the document's policy names as well, the document's.
  std::optional<Policy> policy = std::nullopt;
  // In the place of whatever root the policy has.
  std::optional<PolicyRoot> root = std::nullopt;
  std::optional<Artifact> artifact = std::nullopt;
};

// Where the document and what was found now are not the same.
struct EvidenceDifference {
  std::string where;    // "digests.policy", "answer.brokenRule", "artifact.digest"
  std::string message;  // what, in a sentence
};

struct EvidenceCheck {
  std::variant<VerifiedArtifact, Refused> verdict;  // made again, as of the document's time
  Digest policy_digest;                             // of dump_json_sorted() of the policy by which
  std::vector<EvidenceDifference> differences;      // empty: the document holds
  // What does not speak against the document and should be known.
  std::vector<std::string> remarks;

  bool is_accepted() const { return std::holds_alternative<VerifiedArtifact>(verdict); }
  const Evidence& evidence() const;
};

// Decides again by the bytes of the document, and compares. Words for people ("reason", "message")
// may differ: another version may have better ones. Under another policy than the document's only
// what was decided and the rule that was broken are compared.
//
// A function of its arguments. kInvalidInput where the document's policy or root cannot be read.
Result<EvidenceCheck> check_evidence(const EvidenceDocument& document,
                                     const EvidenceExpectation& expectation);

// {"holds":true|false,"verdict":"accepted"|"refused","differences":[{"where","message"}…],
//  "remarks":[…],"policyDigest":…,"answer":…}
Json to_json(const EvidenceCheck& check);

}  // namespace sealift::signing
