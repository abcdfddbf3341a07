#pragma once

#include <sealift/artifacts/artifact_cache.h>
#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/verifier.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

namespace sealift::artifacts {

// What a tag or a range means in a repository now: one HEAD, and for a range a list of
// tags before it. kNotFound where no tag is in the range; otherwise as Repository.
Result<Resolved> resolve_now(oci::Repository& repository, const std::string& repository_name,
                             const delivery::ArtifactSelector& select, std::stop_token stop);

// One artifact before its judge, without the rollback rule.
struct Verification {
  std::string repository;  // Reference::name()
  std::string place;       // of ArtifactAccess
  std::string way;
  Digest digest;
  std::optional<std::string> tag;  // of WantedArtifact
  const signing::TrustPolicy& policy;
};
using Judgement = std::variant<std::shared_ptr<const signing::VerifiedArtifact>, signing::Refused>;

// What the cache alone can prove: nullptr where it does not satisfy the policy, or where this place
// has never had the manifest from the registry. kIo.
Result<std::shared_ptr<const signing::VerifiedArtifact>> verify_cached(const Verification& what,
                                                                       ArtifactCache& cache,
                                                                       Timestamp now);

// Takes the manifest from the registry unless this place has had it before, or the registry is away
// and another login has had it on this way. Signatures come from the cache where they satisfy the
// policy, and otherwise from the registry. What was accepted is cached, and nothing else. An error
// about newer signatures says what the cached ones lack. Where freshness is the first rule that
// those break (of age and rollback nothing is known then), they are refused for that, whatever the
// registry does: silence, any error of its, and less than it gave before. Otherwise as Repository,
// and kIo.
Result<Judgement> verify_fetched(const Verification& what, oci::Repository& repository,
                                 ArtifactCache& cache, Clock& clock, std::stop_token stop);

}  // namespace sealift::artifacts
