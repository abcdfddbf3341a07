#include <sealift/base/encoding.h>
#include <sealift/signing/verifier.h>
#include <sealift/sigstore/statement.h>

#include <algorithm>

#include "policy_rules.h"
#include "requirement_check.h"
#include "signature_judge.h"

namespace sealift::signing {
namespace {

void refuse_piece(Evidence& evidence, Complaint complaint, std::string format,
                  std::string location) {
  evidence.refused.push_back({complaint.refusal, std::move(complaint.reason), std::move(format),
                              std::move(location), complaint.kind});
}

// Why a piece that holds counts for no requirement.
Complaint unused(const RequirementCheck::Piece& piece) {
  if (piece.complaint) return *piece.complaint;
  const auto& said = piece.judged.seen.predicate_type;
  if (said == sigstore::kSignaturePredicateType) {
    return {Refusal::kNotAsked, "the policy asks for nothing of \"" + piece.judged.seen.signer +
                                    "\" that this signature would be"};
  }
  return {Refusal::kNotASignature,
          "it attests " + printable(said) +
              ", which says something about the artifact and does not release it; a signature has "
              "the predicate type " +
              std::string(sigstore::kSignaturePredicateType)};
}

// Which pieces hold, in the order in which they were found; the others go into the evidence.
std::vector<JudgedSignature> judge_pieces(const VerificationInput& input, Evidence& evidence) {
  const SignatureJudge judge(input.policy, evidence.digest, input.now);
  const auto& pieces = input.signatures.pieces;
  const std::size_t count = std::min(pieces.size(), kMaxPieces);
  std::vector<JudgedSignature> judged;
  for (std::size_t i = 0; i < count; ++i) {
    auto one = judge.judge(pieces[i]);
    if (one) {
      judged.push_back(*std::move(one));
    } else {
      refuse_piece(evidence, std::move(one).error(), std::string(format_name(pieces[i].format)),
                   pieces[i].location);
    }
  }
  return judged;
}

void add_unread(const SignatureSet& signatures, Evidence& evidence) {
  for (const auto& [location, reason] : signatures.unreadable) {
    evidence.refused.push_back({Refusal::kUnreadable, reason, "", location});
  }
  if (signatures.pieces.size() <= kMaxPieces) return;
  evidence.refused.push_back({Refusal::kTooMany,
                              std::to_string(signatures.pieces.size() - kMaxPieces) +
                                  " more were not looked at; the limit is " +
                                  std::to_string(kMaxPieces) + ": remove stale signatures",
                              "", "the rest"});
}

Evidence gather(const VerificationInput& input) {
  const auto& policy = input.policy;
  Evidence evidence{std::string(input.repository), input.artifact.descriptor.digest, policy.name};
  if (const auto* only = std::get_if<SignatureRequirement>(&policy.require.rule)) {
    evidence.threshold = only->quorum.threshold;
  }
  if (policy.root) {
    evidence.root_name = policy.root->name;
    evidence.root_digest = policy.root->digest.to_string();
    if (policy.root_folder) evidence.root_expires = policy.root_folder->content->expires;
  }
  RequirementCheck check(policy, judge_pieces(input, evidence), input.now);
  evidence.requirements = check.check(policy.require);
  if (policy.freshness && input.tag) {
    evidence.freshness =
        check.check(*policy.freshness, {input.repository, *input.tag, evidence.digest});
  }
  for (const auto& piece : check.pieces()) {
    const auto& seen = piece.judged.seen;
    if (piece.counts) {
      evidence.accepted.push_back(seen);
    } else {
      refuse_piece(evidence, unused(piece), seen.format, seen.location);
    }
  }
  add_unread(input.signatures, evidence);
  return evidence;
}

Result<> check_repository(const VerificationInput& input) {
  const auto& patterns = input.policy.repositories;
  if (std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
        return repository_pattern_matches(pattern, input.repository);
      })) {
    return {};
  }
  return fail(ErrorCode::kUntrusted,
              "the policy \"" + input.policy.name + "\" has no repository pattern that matches");
}

Result<oci::Manifest> check_manifest(const oci::StoredManifest& artifact) {
  const Digest& digest = artifact.descriptor.digest;
  if (Digest::of(artifact.bytes, digest.algorithm()) != digest) {
    return fail(ErrorCode::kUntrusted,
                "the manifest's bytes were changed: they are not what the digest names");
  }
  auto manifest = oci::parse_manifest(artifact.bytes, artifact.descriptor.media_type);
  if (!manifest) return fail(ErrorCode::kUntrusted, manifest.error().message());
  return manifest;
}

Refused refuse(Evidence evidence, PolicyRule rule, Error error) {
  evidence.broken_rule = rule;
  auto said = std::move(error).with_context(evidence.repository + "@" +
                                            evidence.digest.to_string() + " is refused");
  return {std::move(said), std::move(evidence)};
}

}  // namespace

std::variant<VerifiedArtifact, Refused> verify(const VerificationInput& input) {
  Evidence evidence = gather(input);
  if (auto matches = check_repository(input); !matches) {
    return refuse(std::move(evidence), PolicyRule::kRepository, std::move(matches).error());
  }
  auto manifest = check_manifest(input.artifact);
  if (!manifest)
    return refuse(std::move(evidence), PolicyRule::kManifest, std::move(manifest).error());
  if (auto believed = check_root(input.policy, input.now); !believed) {
    return refuse(std::move(evidence), PolicyRule::kTrustedRoot, std::move(believed).error());
  }
  if (auto met = check_requirements(evidence); !met) {
    const bool is_only = std::holds_alternative<SignatureRequirement>(input.policy.require.rule);
    return refuse(std::move(evidence), is_only ? PolicyRule::kThreshold : PolicyRule::kRequirement,
                  std::move(met).error());
  }
  if (auto fresh = check_freshness(evidence); !fresh) {
    return refuse(std::move(evidence), PolicyRule::kFreshness, std::move(fresh).error());
  }
  if (auto young = check_age(input.policy, *manifest, input.now); !young) {
    return refuse(std::move(evidence), PolicyRule::kMaxAge, std::move(young).error());
  }
  const auto sequence = read_sequence(*manifest);
  if (!sequence) return refuse(std::move(evidence), PolicyRule::kRollback, sequence.error());
  VerifiedArtifact artifact(input.artifact.descriptor, *std::move(manifest), std::move(evidence),
                            *sequence);
  if (auto refused = check_rollback(input.policy, artifact, input.before)) return *refused;
  return artifact;
}

WantedPieces wanted_by(const TrustPolicy& policy) {
  return needs_attestations(policy) ? WantedPieces::kAttestationsToo : WantedPieces::kSignatures;
}

std::optional<Refused> check_rollback(const TrustPolicy& policy, const VerifiedArtifact& artifact,
                                      const AcceptedBefore* before) {
  auto in_order = check_order(policy, artifact.evidence().digest, artifact.sequence(), before);
  if (in_order) return std::nullopt;
  return refuse(artifact.evidence(), PolicyRule::kRollback, std::move(in_order).error());
}

}  // namespace sealift::signing
