#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/signing/condition.h>
#include <sealift/signing/signer.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace sealift::signing {

inline constexpr std::size_t kMaxRequirementDepth = 2;  // of all and any within each other
inline constexpr std::size_t kMaxRequirementChoices = 16;
inline constexpr std::size_t kMaxFreshnessPatterns = 64;
inline constexpr std::size_t kMaxRequirements = 32;  // in one policy, without all and any

struct Requirement;

struct Combination {
  enum class Kind { kAll, kAny };
  Kind kind = Kind::kAll;
  std::vector<Requirement> of;
};

// Signatures of the artifact.
struct SignatureRequirement {
  Quorum quorum;
};

// Attestations: signed statements that say something of the artifact.
struct AttestationRequirement {
  std::string predicate_type;
  Quorum quorum;
  std::vector<Condition> conditions;  // on the predicate, all of them
};

// What must speak for an artifact.
struct Requirement {
  std::variant<SignatureRequirement, AttestationRequirement, Combination> rule;
};

// A signed statement that a tag still is this artifact, not older than `max_age`; see freshness.h.
// It is about the repository that is verified, or about one that `repositories` match: what that
// one is a copy of.
struct FreshnessRequirement {
  std::chrono::seconds max_age{};
  Quorum quorum;
  std::vector<std::string> repositories = {};  // patterns, as of a policy
};

// The quorums of a requirement, in the order in which they are written.
std::vector<const Quorum*> quorums_of(const Requirement& requirement);
bool asks_for_attestations(const Requirement& requirement);

// Exactly one of signatures, attestation, all and any. kInvalidInput naming the member under
// `path`; names are not resolved.
Result<Requirement> parse_requirement(const Json& document, const std::string& path);
Result<FreshnessRequirement> parse_freshness(const Json& document, const std::string& path);

}  // namespace sealift::signing
