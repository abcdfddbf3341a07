#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/signing/requirement_result.h>
#include <sealift/sigstore/certificate_identity.h>
#include <sealift/sigstore/refusal.h>

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
  kUnknownIdentity,      // the certificate is of nobody whom the policy names
  kEvidence,             // what is stored with it does not hold; the RefusalKind says which rule
  kCondition,            // a field of the attestation is not what the policy demands
  kWrongReference,       // a freshness statement about another repository or tag
  kStale,                // a freshness statement that is too old, or from the future
  kNotAsked,             // it holds, and no requirement asks for it
};
std::string_view to_string(Refusal refusal);  // "wrong_subject", …

// The rules of a policy, in the order in which they are checked.
enum class PolicyRule {
  kRepository,   // the policy is not about this repository
  kManifest,     // the bytes are not the manifest that the digest names
  kTrustedRoot,  // the policy's root is not there, or too old by the policy's freshness rule
  kThreshold,    // too few distinct keys signed
  kRequirement,  // a requirement is not met, where the policy combines several, or by attestations
  kFreshness,    // nobody says lately that the tag still is this artifact
  kMaxAge,       // too old, from the future, or of unknown age
  kRollback,     // older than what was accepted before
};
std::string_view to_string(PolicyRule rule);  // "threshold", …

// An entry of a transparency log that holds a signature.
struct LogProof {
  std::string log;  // its address in the trusted root
  std::uint64_t index = 0;
  std::optional<Timestamp> time = std::nullopt;  // when the log promises to have taken it in

  bool operator==(const LogProof&) const = default;
};

// A time stamp over a signature.
struct TimeProof {
  std::string authority;  // its address in the trusted root, or its name
  Timestamp time;

  bool operator==(const TimeProof&) const = default;
};

// One signature or attestation that counts.
struct AcceptedSignature {
  std::string signer;       // the name in the policy
  std::string fingerprint;  // of the key
  std::string format;       // "bundle", "simplesigning" or "attestation"
  std::string location;     // "referrer sha256:…" or "tag sha256-….sig, layer 0"
  std::string predicate_type = {};
  // Where a certificate says who signed, and who issued it.
  std::optional<sigstore::CertificateIdentity> identity = std::nullopt;
  std::string authority = {};
  std::vector<LogProof> logs = {};
  std::vector<TimeProof> timestamps = {};
  // The earliest that is proven; nullopt: the time of checking counted.
  std::optional<Timestamp> signed_at = std::nullopt;
};

// One piece that was looked at and does not count.
struct RefusedSignature {
  Refusal refusal = Refusal::kMalformed;
  std::string reason;  // for people: what is wrong and what would mend it
  std::string format;
  std::string location;
  // The rule of sigstore's room that it broke, where it was one of those.
  std::optional<sigstore::RefusalKind> kind = std::nullopt;
};
// "wrong_subject", …; of kEvidence its kind: "inclusion_proof", …
std::string_view refusal_name(const RefusedSignature& refused);

// Everything that speaks for an acceptance or a refusal.
struct Evidence {
  std::string repository;
  Digest digest;
  std::string policy;
  // Of the only quorum, where the policy asks for signatures alone; 0 otherwise.
  std::uint32_t threshold = 0;
  std::vector<AcceptedSignature> accepted = {};
  std::vector<RefusedSignature> refused = {};
  std::optional<PolicyRule> broken_rule = std::nullopt;  // nullopt: accepted
  // How the policy's requirements fared; nullopt where there was no policy to ask.
  std::optional<RequirementResult> requirements = std::nullopt;
  std::optional<RequirementResult> freshness = std::nullopt;
  // Whom the policy believed: the root's name and its JSON's digest. Empty: nobody.
  std::string root_name = {};
  std::string root_digest = {};
  // Until when, where the root is of a trust folder; a policy may allow more time than that.
  std::optional<Timestamp> root_expires = std::nullopt;
};

// {"verdict":"accepted"|"refused","brokenRule":…,"repository":…,"digest":…,"policy":…,
//  "threshold":n,"accepted":[{signer,fingerprint,format,location,…}…],
//  "refused":[{refusal,reason,format,location}…],"requirements":…,"freshness":…,"root":…}
// docs/formats/evidence.md has each member.
Json to_json(const Evidence& evidence);
// Several lines for people, each ended by LF. Text from outside is made printable.
std::string describe(const Evidence& evidence);

}  // namespace sealift::signing
