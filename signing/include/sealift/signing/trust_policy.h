#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/signing/requirement.h>
#include <sealift/signing/root_folder.h>
#include <sealift/signing/signer.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::signing {

inline constexpr std::size_t kMaxPolicyPatterns = 256;

// The security team's word on what may reach a cluster (kind TrustPolicy, sealift.dev/v1alpha1):
//
//   spec:
//     repositories: ["registry.example.com/shop/**"]
//     signers:
//       keys:
//         - {name: release, publicKey: PEM, notBefore: …, notAfter: …, revokedAt: …}
//       identities:
//         - name: ci
//           issuer: {equals: https://token.actions.githubusercontent.com}
//           subject: {matches: 'https://github[.]com/acme/shop/.*'}
//           extensions: {sourceRepositoryRef: {equals: refs/heads/main}}
//     trustedRoot: {sigstore: public}     # or {inline: JSON}, or
//                                         # {folder: NAME, target: PATH, allowExpired: 720h}
//     require:                            # or all, any, attestation
//       signatures: {threshold: 2, signers: [release, ci], transparency: required}
//     freshness: {maxAge: 24h, signers: [ci], repositories: [origin.example.com/shop]}
//     rollback: deny                      # or allow; deny by default
//     maxAge: 720h                        # age of the artifact by its created annotation
//
// or, in place of signers and require, `signatures: {threshold: 1, keys: […]}`.
struct TrustPolicy {
  enum class Rollback { kDeny, kAllow };

  std::string name;
  std::vector<std::string> repositories;
  std::vector<NamedKey> keys;
  std::vector<NamedIdentity> identities;
  // Nullopt as well where it is in a folder that nobody has read: nothing is accepted then.
  std::optional<PolicyRoot> root = std::nullopt;
  std::optional<RootFolder> root_folder = std::nullopt;
  Requirement require;
  std::optional<FreshnessRequirement> freshness = std::nullopt;
  Rollback rollback = Rollback::kDeny;
  std::optional<std::chrono::seconds> max_age = std::nullopt;
};

// Why the policy cannot believe its root; nullopt where it can, or has none.
std::optional<RootFault> root_fault_at(const TrustPolicy& policy, Timestamp now);

// The signer of that name, who lives in the policy; null: there is none.
const NamedKey* key_named(const TrustPolicy& policy, std::string_view name);
const NamedIdentity* identity_named(const TrustPolicy& policy, std::string_view name);
// All quorums of the policy, that of its freshness last.
std::vector<const Quorum*> quorums_of(const TrustPolicy& policy);
// Whether it asks for anything but signatures, so that attestations have to be fetched.
bool needs_attestations(const TrustPolicy& policy);

// `source` begins each message. kInvalidInput: unknown members of `spec`; a threshold that the
// signers cannot meet; the same key or name twice; the name of a signer that nobody has; identities
// or transparency without a trusted root; broken patterns; a limit of this room.
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
