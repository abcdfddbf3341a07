#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::signing {

inline constexpr std::size_t kMaxPolicyKeys = 32;
inline constexpr std::size_t kMaxPolicyPatterns = 256;

struct NamedKey {
  std::string name;
  crypto::PublicKey key;
  std::optional<Timestamp> not_before;
  std::optional<Timestamp> not_after;
};

// The security team's word on what may reach a cluster (kind TrustPolicy, sealift.dev/v1alpha1):
//
//   spec:
//     repositories: ["registry.example.com/shop/**"]
//     signatures:
//       threshold: 1
//       keys:
//         - name: release
//           publicKey: |            # PEM
//         - name: release-2
//           publicKey: …
//           notBefore: 2026-01-01T00:00:00Z
//           notAfter: 2027-01-01T00:00:00Z
//     rollback: deny                # or allow; deny by default
//     maxAge: 720h                  # optional: age of the artifact by its created annotation
struct TrustPolicy {
  enum class Rollback { kDeny, kAllow };

  std::string name;
  std::vector<std::string> repositories;
  std::uint32_t threshold = 1;
  std::vector<NamedKey> keys;
  Rollback rollback = Rollback::kDeny;
  std::optional<std::chrono::seconds> max_age;
};

// `source` begins each message. Unknown members of `spec`, a threshold that the keys cannot meet,
// the same key or name twice, more than kMaxPolicyKeys or kMaxPolicyPatterns, and broken patterns
// are kInvalidInput.
Result<TrustPolicy> parse_trust_policy(const Json& document, const std::string& source);

// The policy that `--key` stands for: that key, any repository, rollback allowed.
TrustPolicy policy_for_key(crypto::PublicKey key, std::string name);

// "*" matches within one path segment, "**" as a whole segment any number of segments, none
// included; matched against Reference::name(). Neither stands for "." or ".." in a directory's
// path, but "**" alone, which is everything. The ports 443 and 80 are as no port. Takes time in the
// product of both lengths.
bool repository_pattern_matches(std::string_view pattern, std::string_view repository);

// The policy whose matching pattern has the most literal characters. kUntrusted where none matches
// or where two policies match equally well, naming the patterns there are.
Result<const TrustPolicy*> select_policy(const std::vector<TrustPolicy>& policies,
                                         std::string_view repository);

// Another policy that is as specific about a repository, so that select_policy() fails for it.
struct PolicyRival {
  std::string name;
  std::string repository;  // such a one, which need not exist
};

// The first rival of each policy that has one, by the policy's name. Found by trying names that the
// patterns match: two patterns that are the same are always found, two that merely overlap not in
// every case.
std::map<std::string, PolicyRival> find_rivals(const std::vector<TrustPolicy>& policies);

}  // namespace sealift::signing
