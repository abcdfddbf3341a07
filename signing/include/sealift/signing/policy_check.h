#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/signing/trust_policy.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::signing {

// A mistake in policies that can be read.
struct PolicyFinding {
  enum class Kind {
    kDuplicateName,      // two policies of one name
    kAmbiguous,          // another policy is as specific about some repository
    kUnreachable,        // another policy decides about each repository that it matches
    kUnmatchedPattern,   // a pattern matches none of the repositories
    kUncovered,          // no policy is about a repository
    kRootMissing,        // the trust folder of its root was looked for in vain
    kRootExpired,        // the root is too old by the policy's own rule
    kThresholdUnmet,     // not enough signers have a key that counts now
    kKeyNotValid,        // expired, revoked, or not yet valid
    kDuplicateKey,       // one key, called differently by two policies
    kDuplicateIdentity,  // two identities of a policy are one
    kUnusedSigner,       // no requirement names it
    kFreshnessPlace,     // a statement of freshness may be about too many repositories, or too few
  };
  Kind kind = Kind::kAmbiguous;
  std::string policy;   // empty for kUncovered
  std::string message;  // what, why, and what to do

  // Whether something cannot work, and not only looks like a mistake.
  bool is_error() const;
};
std::string_view to_string(PolicyFinding::Kind kind);  // "duplicate_name", …
// {"severity":"error"|"warning","kind":…,"policy":…,"message":…}
Json to_json(const PolicyFinding& finding);

// A function of its arguments. `repositories` are names (Reference::name()) that the policies are
// meant for; where there are none, nothing is said of kUnreachable, kUnmatchedPattern and
// kUncovered. In the order of the policies; nothing is found twice.
std::vector<PolicyFinding> check_policies(const std::vector<TrustPolicy>& policies,
                                          const std::vector<std::string>& repositories,
                                          Timestamp now);

}  // namespace sealift::signing
