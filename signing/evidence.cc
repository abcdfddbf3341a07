#include <sealift/base/encoding.h>
#include <sealift/signing/evidence.h>

#include <set>

namespace sealift::signing {

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
  }
  return "unknown";
}

std::string_view to_string(PolicyRule rule) {
  switch (rule) {
    case PolicyRule::kRepository:
      return "repository";
    case PolicyRule::kManifest:
      return "manifest";
    case PolicyRule::kThreshold:
      return "threshold";
    case PolicyRule::kMaxAge:
      return "max_age";
    case PolicyRule::kRollback:
      return "rollback";
  }
  return "unknown";
}

std::size_t distinct_signers(const Evidence& evidence) {
  std::set<std::string_view> fingerprints;
  for (const auto& signature : evidence.accepted) fingerprints.insert(signature.fingerprint);
  return fingerprints.size();
}

Json to_json(const Evidence& evidence) {
  Json json = Json::object();
  json.set("verdict", evidence.broken_rule ? "refused" : "accepted");
  if (evidence.broken_rule) json.set("brokenRule", to_string(*evidence.broken_rule));
  json.set("repository", evidence.repository);
  json.set("digest", evidence.digest.to_string());
  json.set("policy", evidence.policy);
  json.set("threshold", static_cast<std::int64_t>(evidence.threshold));
  Json& accepted = json.set("accepted", Json::array());
  for (const auto& signature : evidence.accepted) {
    accepted.push_back(Json::Object{{"signer", signature.signer},
                                    {"fingerprint", signature.fingerprint},
                                    {"format", signature.format},
                                    {"location", signature.location}});
  }
  Json& refused = json.set("refused", Json::array());
  for (const auto& signature : evidence.refused) {
    refused.push_back(Json::Object{{"refusal", to_string(signature.refusal)},
                                   {"reason", signature.reason},
                                   {"format", signature.format},
                                   {"location", signature.location}});
  }
  return json;
}

std::string describe(const Evidence& evidence) {
  constexpr std::size_t kMaxReason = 600;
  std::string out = evidence.repository + "@" + evidence.digest.to_string() + "\n";
  out += "  policy \"" + evidence.policy + "\": " + std::to_string(distinct_signers(evidence)) +
         " of " + std::to_string(evidence.threshold) + " required signers\n";
  for (const auto& signature : evidence.accepted) {
    out += "  accepted: \"" + signature.signer + "\" (" + signature.fingerprint + "), " +
           signature.format + " at " + printable(signature.location) + "\n";
  }
  for (const auto& signature : evidence.refused) {
    out += "  refused: " + printable(signature.location) + ": " +
           printable(signature.reason, kMaxReason) + " [" +
           std::string(to_string(signature.refusal)) + "]\n";
  }
  if (evidence.accepted.empty() && evidence.refused.empty()) out += "  no signature was found\n";
  return out;
}

}  // namespace sealift::signing
