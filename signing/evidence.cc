#include <sealift/base/encoding.h>
#include <sealift/signing/evidence.h>

namespace sealift::signing {
namespace {

// Who decided, and how that was met, in a line.
std::string summary_of(const Evidence& evidence) {
  if (!evidence.requirements) return "no policy is about it";
  const auto& requirements = *evidence.requirements;
  const std::string name = "policy \"" + evidence.policy + "\": ";
  if (evidence.threshold == 0) {
    return name +
           (requirements.is_met ? "its requirements are met" : "its requirements are not met");
  }
  return name + std::to_string(requirements.votes.size()) + " of " +
         std::to_string(evidence.threshold) + " required signers";
}

std::string describe(const AcceptedSignature& signature) {
  std::string out = "  accepted: \"" + signature.signer + "\" (" + signature.fingerprint + "), " +
                    signature.format + " at " + printable(signature.location) + "\n";
  if (signature.identity) {
    out += "    identity: " + printable(signature.identity->name.value) + ", vouched for by " +
           printable(signature.identity->issuer) + ", certified by " +
           printable(signature.authority) + "\n";
  }
  for (const auto& [log, index, time] : signature.logs) {
    out += "    log: " + printable(log) + ", entry " + std::to_string(index) +
           (time ? " of " + format_timestamp(*time) : "") + "\n";
  }
  for (const auto& [authority, time] : signature.timestamps) {
    out += "    time stamp: " + format_timestamp(time) + " by " + printable(authority) + "\n";
  }
  return out;
}

}  // namespace

std::string_view to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::kMalformed:
      return "malformed";
    case Refusal::kWrongPayloadType:
      return "wrong_payload_type";
    case Refusal::kNotASignature:
      return "not_a_signature";
    case Refusal::kWrongSubject:
      return "wrong_subject";
    case Refusal::kUnknownKey:
      return "unknown_key";
    case Refusal::kBadSignature:
      return "bad_signature";
    case Refusal::kKeyNotValid:
      return "key_not_valid";
    case Refusal::kUnsupportedMaterial:
      return "unsupported_material";
    case Refusal::kUnreadable:
      return "unreadable";
    case Refusal::kTooMany:
      return "too_many";
    case Refusal::kUnknownIdentity:
      return "unknown_identity";
    case Refusal::kEvidence:
      return "evidence";
    case Refusal::kCondition:
      return "condition";
    case Refusal::kWrongReference:
      return "wrong_reference";
    case Refusal::kStale:
      return "stale";
    case Refusal::kNotAsked:
      return "not_asked";
  }
  return "unknown";
}

std::string_view to_string(PolicyRule rule) {
  switch (rule) {
    case PolicyRule::kRepository:
      return "repository";
    case PolicyRule::kManifest:
      return "manifest";
    case PolicyRule::kTrustedRoot:
      return "trusted_root";
    case PolicyRule::kThreshold:
      return "threshold";
    case PolicyRule::kRequirement:
      return "requirement";
    case PolicyRule::kFreshness:
      return "freshness";
    case PolicyRule::kMaxAge:
      return "max_age";
    case PolicyRule::kRollback:
      return "rollback";
  }
  return "unknown";
}

std::string_view refusal_name(const RefusedSignature& refused) {
  const bool is_evidence = refused.refusal == Refusal::kEvidence && refused.kind;
  return is_evidence ? sigstore::to_string(*refused.kind) : to_string(refused.refusal);
}

std::string describe(const Evidence& evidence) {
  constexpr std::size_t kMaxReason = 600;
  std::string out = evidence.repository + "@" + evidence.digest.to_string() + "\n";
  out += "  " + summary_of(evidence) + "\n";
  if (evidence.requirements && evidence.threshold == 0) {
    out += describe(*evidence.requirements, 2);
  }
  if (evidence.freshness) out += describe(*evidence.freshness, 2);
  for (const auto& signature : evidence.accepted) out += describe(signature);
  for (const auto& signature : evidence.refused) {
    out += "  refused: " + printable(signature.location) + ": " +
           printable(signature.reason, kMaxReason) + " [" + std::string(refusal_name(signature)) +
           "]\n";
  }
  if (evidence.accepted.empty() && evidence.refused.empty()) out += "  no signature was found\n";
  if (!evidence.root_name.empty()) {
    out += "  root: " + printable(evidence.root_name) + " (" + evidence.root_digest + ")" +
           (evidence.root_expires ? ", expires " + format_timestamp(*evidence.root_expires) : "") +
           "\n";
  }
  return out;
}

}  // namespace sealift::signing
