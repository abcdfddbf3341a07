#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::signing {

// Why a piece that was found does not count. One value for each rule, so that callers, tests and
// audit tools can tell refusals apart without reading prose.
enum class Refusal {
  kMalformed,            // not what its media type says
  kWrongPayloadType,     // the envelope or payload is of another type
  kNotASignature,        // an attestation with another predicate type
  kWrongSubject,         // it was made for another digest
  kUnknownKey,           // no key of the policy fits
  kBadSignature,         // the key is known, the signature does not fit
  kKeyNotValid,          // outside the key's validity
  kUnsupportedMaterial,  // needs something the policy has no rule for (a certificate)
  kUnreadable,           // the store named it and could not give it
  kTooMany,              // beyond the number of pieces that is looked at
};
std::string_view to_string(Refusal refusal);  // "wrong_subject", …

// The rules of a policy, in the order in which they are checked.
enum class PolicyRule {
  kRepository,  // the policy is not about this repository
  kManifest,    // the bytes are not the manifest that the digest names
  kThreshold,   // too few distinct keys signed
  kMaxAge,      // too old, from the future, or of unknown age
  kRollback,    // older than what was accepted before
};
std::string_view to_string(PolicyRule rule);  // "threshold", …

// One signature that counts.
struct AcceptedSignature {
  std::string signer;       // the key's name in the policy
  std::string fingerprint;  // of the key
  std::string format;       // "bundle" or "simplesigning"
  std::string location;     // "referrer sha256:…" or "tag sha256-….sig, layer 0"
};

// One piece that was looked at and does not count.
struct RefusedSignature {
  Refusal refusal = Refusal::kMalformed;
  std::string reason;  // for people: what is wrong and what would mend it
  std::string format;
  std::string location;
};

// Everything that speaks for an acceptance or a refusal.
struct Evidence {
  std::string repository;
  Digest digest;
  std::string policy;
  std::uint32_t threshold = 0;
  std::vector<AcceptedSignature> accepted;
  std::vector<RefusedSignature> refused;
  std::optional<PolicyRule> broken_rule = std::nullopt;  // nullopt: accepted
};

// How many different keys are among the accepted signatures.
std::size_t distinct_signers(const Evidence& evidence);

// {"verdict":"accepted"|"refused","brokenRule":…,"repository":…,"digest":…,"policy":…,
//  "threshold":n,"accepted":[{signer,fingerprint,format,location}…],
//  "refused":[{refusal,reason,format,location}…]}
Json to_json(const Evidence& evidence);
// Several lines for people, each ended by LF. Text from outside is made printable.
std::string describe(const Evidence& evidence);

}  // namespace sealift::signing
