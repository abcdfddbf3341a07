#include <sealift/signing/evidence.h>

namespace sealift::signing {
namespace {

Json to_json(const sigstore::CertificateIdentity& identity) {
  Json extensions = Json::object();
  for (const auto& [claim, value] : identity.claims) {
    const bool is_issuer =
        claim == sigstore::Claim::kIssuer || claim == sigstore::Claim::kOldIssuer;
    if (!is_issuer) extensions.set(to_string(claim), value);
  }
  return Json::Object{{"subject", identity.name.value},
                      {"issuer", identity.issuer},
                      {"extensions", std::move(extensions)}};
}

Json to_json(const LogProof& proof) {
  Json json;
  json.set("log", proof.log);
  json.set("index", proof.index);
  if (proof.time) json.set("time", format_timestamp(*proof.time));
  return json;
}

Json to_json(const AcceptedSignature& signature) {
  Json json;
  json.set("signer", signature.signer);
  json.set("fingerprint", signature.fingerprint);
  json.set("format", signature.format);
  json.set("location", signature.location);
  if (!signature.predicate_type.empty()) json.set("predicateType", signature.predicate_type);
  if (signature.identity) json.set("identity", to_json(*signature.identity));
  if (!signature.authority.empty()) json.set("authority", signature.authority);
  if (!signature.logs.empty()) {
    Json& logs = json.set("logs", Json::array());
    for (const auto& proof : signature.logs) logs.push_back(to_json(proof));
  }
  if (!signature.timestamps.empty()) {
    Json& timestamps = json.set("timestamps", Json::array());
    for (const auto& [authority, time] : signature.timestamps) {
      timestamps.push_back(
          Json::Object{{"authority", authority}, {"time", format_timestamp(time)}});
    }
  }
  if (signature.signed_at) json.set("signedAt", format_timestamp(*signature.signed_at));
  return json;
}

}  // namespace

Json to_json(const Evidence& evidence) {
  Json json = Json::object();
  json.set("verdict", evidence.broken_rule ? "refused" : "accepted");
  if (evidence.broken_rule) json.set("brokenRule", to_string(*evidence.broken_rule));
  json.set("repository", evidence.repository);
  json.set("digest", evidence.digest.to_string());
  json.set("policy", evidence.policy);
  json.set("threshold", static_cast<std::int64_t>(evidence.threshold));
  Json& accepted = json.set("accepted", Json::array());
  for (const auto& signature : evidence.accepted) accepted.push_back(to_json(signature));
  Json& refused = json.set("refused", Json::array());
  for (const auto& signature : evidence.refused) {
    refused.push_back(Json::Object{{"refusal", refusal_name(signature)},
                                   {"reason", signature.reason},
                                   {"format", signature.format},
                                   {"location", signature.location}});
  }
  if (evidence.requirements) json.set("requirements", to_json(*evidence.requirements));
  if (evidence.freshness) json.set("freshness", to_json(*evidence.freshness));
  if (!evidence.root_name.empty()) {
    Json& root = json.set(
        "root", Json::Object{{"name", evidence.root_name}, {"digest", evidence.root_digest}});
    if (evidence.root_expires) root.set("expires", format_timestamp(*evidence.root_expires));
  }
  return json;
}

}  // namespace sealift::signing
