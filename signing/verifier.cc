#include <sealift/signing/verifier.h>

#include <algorithm>

#include "policy_rules.h"
#include "signature_check.h"

namespace sealift::signing {
namespace {

constexpr std::size_t kMaxPieces = 2 * kMaxSignatures;

void judge(const FoundSignature& piece, const VerificationInput& input, Evidence& evidence) {
  const bool is_bundle = piece.format == FoundSignature::Format::kBundle;
  const auto check = is_bundle ? check_bundle : check_simple_signing;
  const std::string format = is_bundle ? "bundle" : "simplesigning";
  const auto signer = check(piece, evidence.digest, input.policy, input.now);
  if (signer) {
    evidence.accepted.push_back(
        {(*signer)->name, (*signer)->key.fingerprint(), format, piece.location});
  } else {
    evidence.refused.push_back(
        {signer.error().refusal, signer.error().reason, format, piece.location});
  }
}

Evidence gather(const VerificationInput& input) {
  Evidence evidence{std::string(input.repository),
                    input.artifact.descriptor.digest,
                    input.policy.name,
                    input.policy.threshold,
                    {},
                    {}};
  const auto& pieces = input.signatures.pieces;
  const std::size_t count = std::min(pieces.size(), kMaxPieces);
  for (std::size_t i = 0; i < count; ++i) judge(pieces[i], input, evidence);
  for (const auto& [location, reason] : input.signatures.unreadable) {
    evidence.refused.push_back({Refusal::kUnreadable, reason, "", location});
  }
  if (pieces.size() > count) {
    evidence.refused.push_back({Refusal::kTooMany,
                                std::to_string(pieces.size() - count) +
                                    " more were not looked at; the limit is " +
                                    std::to_string(kMaxPieces) + ": remove stale signatures",
                                "", "the rest"});
  }
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
  if (auto enough = check_threshold(evidence); !enough) {
    return refuse(std::move(evidence), PolicyRule::kThreshold, std::move(enough).error());
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

std::optional<Refused> check_rollback(const TrustPolicy& policy, const VerifiedArtifact& artifact,
                                      const AcceptedBefore* before) {
  auto in_order = check_order(policy, artifact.evidence().digest, artifact.sequence(), before);
  if (in_order) return std::nullopt;
  return refuse(artifact.evidence(), PolicyRule::kRollback, std::move(in_order).error());
}

}  // namespace sealift::signing
