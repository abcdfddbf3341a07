#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/oci/manifest.h>
#include <sealift/signing/evidence_document.h>
#include <sealift/signing/found_signature_json.h>
#include <sealift/signing/policy_document.h>
#include <sealift/sigstore/trusted_root.h>

#include <algorithm>
#include <map>
#include <utility>

#include "policy_rules.h"

namespace sealift::signing {
namespace {

constexpr std::string_view kDigests = "digests";

Json artifact_json(const EvidenceDocument& document) {
  Json json;
  json.set("repository", document.repository);
  if (!document.tag) json.set("rolledBack", true);
  if (document.tag && !document.tag->empty()) json.set("tag", *document.tag);
  json.set("digest", document.artifact.descriptor.digest.to_string());
  json.set("mediaType", document.artifact.descriptor.media_type);
  json.set("manifest", base64_encode(document.artifact.bytes));
  return json;
}

Json signatures_json(const SignatureSet& signatures) {
  Json json;
  Json& pieces = json.set("pieces", Json::array());
  for (const auto& piece : signatures.pieces) pieces.push_back(to_json(piece));
  if (signatures.unreadable.empty()) return json;
  Json& unreadable = json.set("unreadable", Json::array());
  for (const auto& [location, reason] : signatures.unreadable) {
    unreadable.push_back(Json::Object{{"location", location}, {"reason", reason}});
  }
  return json;
}

Json root_json(const EvidenceDocument::Root& root) {
  Json json = Json::Object{{"name", root.name}, {"json", root.json}};
  if (root.expires) {
    json.set("expires",
             Json::Object{{"what", root.first_to_expire}, {"at", format_timestamp(*root.expires)}});
  }
  return json;
}

EvidenceDocument::Root root_of(const TrustPolicy& policy, const Json& document) {
  if (!policy.root_folder) return {policy.root->name, root_json_of(document)};
  const auto& content = *policy.root_folder->content;
  return {policy.root->name, *content.json, content.first_to_expire, content.expires};
}

Json before_json(const AcceptedBefore& before) {
  Json json;
  json.set("digest", before.digest.to_string());
  json.set("sequence", before.sequence);
  if (before.in_force) json.set("inForce", before.in_force->to_string());
  return json;
}

// By the names of the parts.
std::map<std::string, std::string> digests_of(const Json& document) {
  std::map<std::string, std::string> digests;
  for (const auto& [name, part] : *document.as_object()) {
    if (name == kDigests || part.is_null()) continue;
    digests.emplace(name, Digest::of(dump_json_sorted(part)).to_string());
  }
  return digests;
}

Result<Digest> digest_at(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.required_string(name));
  SEALIFT_ASSIGN_CONTEXT(auto digest, Digest::parse(text), reader.path_of(name));
  return digest;
}

Result<Timestamp> time_at(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.required_string(name));
  SEALIFT_ASSIGN_CONTEXT(const auto time, parse_timestamp(text), reader.path_of(name));
  return time;
}

struct Artifact {
  std::string repository;
  std::optional<std::string> tag;
  oci::StoredManifest manifest;
};

Result<Artifact> parse_artifact(ObjectReader reader) {
  SEALIFT_ASSIGN(auto repository, reader.required_string("repository"));
  SEALIFT_ASSIGN(const auto is_older, reader.bool_or("rolledBack", false));
  SEALIFT_ASSIGN(auto tag, reader.optional_string("tag"));
  SEALIFT_ASSIGN(auto digest, digest_at(reader, "digest"));
  SEALIFT_ASSIGN(auto media_type, reader.required_string("mediaType"));
  SEALIFT_ASSIGN(const auto text, reader.required_string("manifest"));
  SEALIFT_ASSIGN_CONTEXT(auto bytes, base64_decode(text), reader.path_of("manifest"));
  SEALIFT_TRY(reader.finish());
  if (is_older && tag) return fail(reader.error_at("tag", "and rolledBack exclude each other"));
  if (bytes.size() > oci::kMaxManifestBytes) {
    return fail(reader.error_at(
        "manifest", "is longer than " + std::to_string(oci::kMaxManifestBytes) + " bytes"));
  }
  if (!is_older && !tag) tag = "";
  const auto size = bytes.size();
  return Artifact{std::move(repository),
                  std::move(tag),
                  {{std::move(media_type), std::move(digest), size, "", {}}, std::move(bytes)}};
}

Result<SignatureSet> parse_signatures(ObjectReader reader) {
  SignatureSet set;
  SEALIFT_ASSIGN(auto pieces, reader.objects("pieces"));
  SEALIFT_ASSIGN(auto unreadable, reader.objects("unreadable"));
  SEALIFT_TRY(reader.finish());
  if (pieces.size() > kMaxPieces) {
    return fail(reader.error_at("pieces", "holds more than " + std::to_string(kMaxPieces)));
  }
  for (auto& each : pieces) {
    SEALIFT_ASSIGN(auto piece, parse_found_signature(each));
    SEALIFT_TRY(each.finish());
    set.pieces.push_back(std::move(piece));
  }
  for (auto& each : unreadable) {
    SEALIFT_ASSIGN(auto location, each.required_string("location"));
    SEALIFT_ASSIGN(auto reason, each.required_string("reason"));
    SEALIFT_TRY(each.finish());
    set.unreadable.emplace_back(std::move(location), std::move(reason));
  }
  return set;
}

Result<std::optional<EvidenceDocument::Root>> parse_root(std::optional<ObjectReader> reader) {
  if (!reader) return std::nullopt;
  SEALIFT_ASSIGN(auto name, reader->required_string("name"));
  SEALIFT_ASSIGN(auto json, reader->required_string("json"));
  SEALIFT_ASSIGN(auto first, reader->optional_object("expires"));
  SEALIFT_TRY(reader->finish());
  if (json.size() > sigstore::kMaxTrustedRootBytes) {
    return fail(reader->error_at(
        "json", "is longer than " + std::to_string(sigstore::kMaxTrustedRootBytes) + " bytes"));
  }
  EvidenceDocument::Root root{std::move(name), std::move(json)};
  if (first) {
    SEALIFT_ASSIGN(root.first_to_expire, first->required_string("what"));
    SEALIFT_ASSIGN(root.expires, time_at(*first, "at"));
    SEALIFT_TRY(first->finish());
  }
  return root;
}

Result<std::optional<AcceptedBefore>> parse_before(std::optional<ObjectReader> reader) {
  if (!reader) return std::nullopt;
  SEALIFT_ASSIGN(auto digest, digest_at(*reader, "digest"));
  AcceptedBefore before{std::move(digest)};
  SEALIFT_ASSIGN(before.sequence, reader->required_int("sequence"));
  SEALIFT_ASSIGN(const auto in_force, reader->optional_string("inForce"));
  SEALIFT_TRY(reader->finish());
  if (in_force) {
    SEALIFT_ASSIGN_CONTEXT(before.in_force, Digest::parse(*in_force), reader->path_of("inForce"));
  }
  return before;
}

// Parts that the document has and says something else of, and such that it says something of and
// does not have.
Result<std::vector<std::string>> changed_parts_of(const Json& document, ObjectReader& top) {
  SEALIFT_ASSIGN(const auto said, top.string_map(kDigests));
  auto found = digests_of(document);
  std::vector<std::string> changed;
  for (const auto& [name, digest] : said) {
    const auto part = found.find(name);
    if (part == found.end() || part->second != digest) changed.push_back(name);
    if (part != found.end()) found.erase(part);
  }
  for (const auto& [name, digest] : found) changed.push_back(name);
  std::sort(changed.begin(), changed.end());
  return changed;
}

Result<Json> take(ObjectReader& top, std::string_view name) {
  const Json* part = top.any(name);
  if (part == nullptr || !part->is_object()) return fail(top.error_at(name, "must be an object"));
  return *part;
}

}  // namespace

Json answer_of(const std::variant<VerifiedArtifact, Refused>& verdict) {
  const auto* refused = std::get_if<Refused>(&verdict);
  if (refused == nullptr) return to_json(std::get<VerifiedArtifact>(verdict).evidence());
  Json json = to_json(refused->evidence);
  json.set("message", refused->error.message());
  return json;
}

EvidenceDocument make_evidence_document(const VerificationInput& input, const Json& policy,
                                        const std::variant<VerifiedArtifact, Refused>& verdict) {
  EvidenceDocument document{
      .time = input.now,
      .repository = std::string(input.repository),
      .tag = input.tag ? std::optional(std::string(*input.tag)) : std::nullopt,
      .artifact = input.artifact,
      .signatures = input.signatures,
      .policy = policy,
      .root = std::nullopt,
      .before = input.before == nullptr ? std::nullopt : std::optional(*input.before),
      .answer = answer_of(verdict)};
  if (input.policy.root) document.root = root_of(input.policy, policy);
  return document;
}

std::string serialize(const EvidenceDocument& document) {
  Json json;
  json.set("mediaType", kEvidenceMediaType);
  json.set("time", format_timestamp(document.time));
  json.set("artifact", artifact_json(document));
  json.set("signatures", signatures_json(document.signatures));
  json.set("policy", document.policy);
  if (document.root) {
    json.set("trustedRoot", root_json(*document.root));
  }
  if (document.before) json.set("acceptedBefore", before_json(*document.before));
  json.set("answer", document.answer);
  Json digests;
  for (const auto& [name, digest] : digests_of(json)) digests.set(name, digest);
  json.set(kDigests, std::move(digests));
  return dump_json_pretty(json) + "\n";
}

Result<EvidenceDocument> parse_evidence_document(std::string_view bytes,
                                                 const std::string& source) {
  SEALIFT_ASSIGN(const auto json, parse_json(bytes, source, {.max_bytes = kMaxEvidenceBytes}));
  SEALIFT_ASSIGN(auto top, ObjectReader::open(json, source));
  SEALIFT_ASSIGN(const auto media_type, top.required_string("mediaType"));
  if (media_type != kEvidenceMediaType) {
    return fail(top.error_at("mediaType", "must be " + std::string(kEvidenceMediaType)));
  }
  SEALIFT_ASSIGN(const auto time, time_at(top, "time"));
  SEALIFT_ASSIGN(auto artifact_reader, top.required_object("artifact"));
  SEALIFT_ASSIGN(auto artifact, parse_artifact(std::move(artifact_reader)));
  SEALIFT_ASSIGN(auto signatures_reader, top.required_object("signatures"));
  SEALIFT_ASSIGN(auto signatures, parse_signatures(std::move(signatures_reader)));
  SEALIFT_ASSIGN(auto policy, take(top, "policy"));
  SEALIFT_ASSIGN(auto root_reader, top.optional_object("trustedRoot"));
  SEALIFT_ASSIGN(auto root, parse_root(std::move(root_reader)));
  SEALIFT_ASSIGN(auto before_reader, top.optional_object("acceptedBefore"));
  SEALIFT_ASSIGN(auto before, parse_before(std::move(before_reader)));
  SEALIFT_ASSIGN(auto answer, take(top, "answer"));
  SEALIFT_ASSIGN(auto changed, changed_parts_of(json, top));
  SEALIFT_TRY(top.finish());
  return EvidenceDocument{.time = time,
                          .repository = std::move(artifact.repository),
                          .tag = std::move(artifact.tag),
                          .artifact = std::move(artifact.manifest),
                          .signatures = std::move(signatures),
                          .policy = std::move(policy),
                          .root = std::move(root),
                          .before = std::move(before),
                          .answer = std::move(answer),
                          .changed_parts = std::move(changed)};
}

Result<AcceptedBefore> accepted_by(const EvidenceDocument& document) {
  const auto name = document.repository + "@" + document.artifact.descriptor.digest.to_string();
  if (!document.changed_parts.empty()) {
    return fail(ErrorCode::kInvalidInput, "the evidence of " + printable(name) +
                                              " was changed after it was written: " +
                                              printable(document.changed_parts.front()));
  }
  if (document.answer.string_at({"verdict"}) != "accepted") {
    return fail(ErrorCode::kInvalidInput,
                "the evidence of " + printable(name) + " is that of a refusal");
  }
  SEALIFT_ASSIGN(const auto manifest, oci::parse_manifest(document.artifact.bytes,
                                                          document.artifact.descriptor.media_type));
  SEALIFT_ASSIGN(const auto sequence, read_sequence(manifest));
  return AcceptedBefore{document.artifact.descriptor.digest, sequence.value_or(0)};
}

}  // namespace sealift::signing
