#include "artifact_judgement.h"

#include <sealift/signing/signature_store.h>

#include <utility>

namespace sealift::program {
namespace {

signing::VerificationInput input_of(const std::string& repository, const std::string& tag,
                                    const oci::StoredManifest& artifact,
                                    const signing::SignatureSet& signatures,
                                    const signing::TrustPolicy& policy,
                                    const JudgementTerms& terms) {
  return {.repository = repository,
          .artifact = artifact,
          .signatures = signatures,
          .policy = policy,
          .now = terms.now,
          .before = terms.before ? &*terms.before : nullptr,
          .tag = tag};
}

}  // namespace

const signing::Evidence& ArtifactJudgement::evidence() const {
  const auto* no = refused();
  return no ? no->evidence : std::get<signing::VerifiedArtifact>(verdict).evidence();
}

Result<ArtifactJudgement> judge(const oci::Reference& reference, oci::Repository& repository,
                                const LoadedPolicies& policies, JudgementTerms terms,
                                std::stop_token stop) {
  auto name = reference.name();
  SEALIFT_ASSIGN(const auto* policy, signing::select_policy(policies.policies, name));
  SEALIFT_ASSIGN_CONTEXT(auto manifest, repository.fetch_manifest(reference.tag_or_digest(), stop),
                         "fetching " + reference.to_string());
  const auto wanted = signing::wanted_by(*policy);
  // Somebody waits for the answer, and may have asked for a bill of materials.
  const auto limits = wanted == signing::WantedPieces::kAttestationsToo ? signing::kLargePieces
                                                                        : signing::PieceLimits{};
  SEALIFT_ASSIGN_CONTEXT(
      auto signatures,
      signing::fetch_signatures(repository, manifest.descriptor.digest, wanted, stop, limits),
      "fetching the signatures of " + manifest.descriptor.digest.to_string());
  // A digest decides alone, and then the tag is a remark.
  auto tag = reference.digest() ? std::string() : reference.tag_or_digest();
  auto verdict = signing::verify(input_of(name, tag, manifest, signatures, *policy, terms));
  return ArtifactJudgement{
      std::move(name), std::move(tag), std::move(manifest),     std::move(signatures),
      policy,          terms.now,      std::move(terms.before), std::move(verdict)};
}

signing::EvidenceDocument evidence_document_of(const ArtifactJudgement& judgement,
                                               const LoadedPolicies& policies) {
  const auto input =
      input_of(judgement.repository, judgement.tag, judgement.artifact, judgement.signatures,
               *judgement.policy, {judgement.now, judgement.before});
  return signing::make_evidence_document(input, policies.document_of(*judgement.policy),
                                         judgement.verdict);
}

}  // namespace sealift::program
