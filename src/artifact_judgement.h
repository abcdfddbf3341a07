#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/evidence_document.h>
#include <sealift/signing/verifier.h>

#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "trust_flags.h"

namespace sealift::program {

// What was fetched of an artifact, and what the verifier says of it.
struct ArtifactJudgement {
  std::string repository;
  std::string tag;  // empty: it was asked for by its digest
  oci::StoredManifest artifact;
  signing::SignatureSet signatures;
  const signing::TrustPolicy* policy = nullptr;  // one of the loaded
  Timestamp now;
  std::optional<signing::AcceptedBefore> before;
  std::variant<signing::VerifiedArtifact, signing::Refused> verdict;

  const signing::Refused* refused() const { return std::get_if<signing::Refused>(&verdict); }
  const signing::Evidence& evidence() const;
};

// How an artifact is to be judged beside the policies.
struct JudgementTerms {
  Timestamp now;
  std::optional<signing::AcceptedBefore> before = std::nullopt;
};

// Fetches an artifact's manifest and signatures and lets the verifier judge them. `policies` must
// outlive the answer.
Result<ArtifactJudgement> judge(const oci::Reference& reference, oci::Repository& repository,
                                const LoadedPolicies& policies, JudgementTerms terms,
                                std::stop_token stop);

// The same decision as a document.
signing::EvidenceDocument evidence_document_of(const ArtifactJudgement& judgement,
                                               const LoadedPolicies& policies);

}  // namespace sealift::program
