#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <algorithm>
#include <initializer_list>

namespace sealift::oci {
namespace {

constexpr std::string_view kManifestName = "image manifest";
constexpr std::string_view kIndexName = "image index";

// What manifests and indexes have in common.
struct Envelope {
  std::string media_type;
  std::string artifact_type;
  std::optional<Descriptor> subject;
  Annotations annotations;
};

Result<Json> parse_document(std::string_view bytes, std::string_view what) {
  JsonLimits limits;
  limits.max_bytes = kMaxManifestBytes;
  limits.max_depth = 32;
  return parse_json(bytes, what, limits);
}

Result<std::string> read_media_type(ObjectReader& reader, std::string_view content_type,
                                    std::string_view otherwise) {
  SEALIFT_ASSIGN(std::string media_type, reader.string_or("mediaType", ""));
  if (media_type.empty()) return std::string(content_type.empty() ? otherwise : content_type);
  if (!content_type.empty() && media_type != content_type) {
    return fail(reader.error_at(
        "mediaType", "\"" + printable(media_type, 80) + "\" disagrees with the content type \"" +
                         printable(content_type, 80) + "\" under which it was stored"));
  }
  return media_type;
}

Result<Envelope> read_envelope(ObjectReader& reader, std::string_view content_type,
                               std::string_view default_type) {
  Envelope envelope;
  SEALIFT_ASSIGN(const std::int64_t version, reader.required_int("schemaVersion"));
  if (version != 2) return fail(reader.error_at("schemaVersion", "must be 2"));
  SEALIFT_ASSIGN(envelope.media_type, read_media_type(reader, content_type, default_type));
  SEALIFT_ASSIGN(envelope.artifact_type, reader.string_or("artifactType", ""));
  if (!envelope.artifact_type.empty() && !is_valid_media_type(envelope.artifact_type)) {
    return fail(reader.error_at(
        "artifactType", "\"" + printable(envelope.artifact_type, 80) + "\" is not a media type"));
  }
  if (const Json* subject = reader.any("subject")) {
    SEALIFT_ASSIGN(envelope.subject, parse_descriptor(*subject, reader.path_of("subject")));
  }
  SEALIFT_ASSIGN(envelope.annotations, reader.string_map("annotations"));
  std::sort(envelope.annotations.begin(), envelope.annotations.end());
  return envelope;
}

Result<std::vector<Descriptor>> read_descriptors(ObjectReader& reader, std::string_view name,
                                                 std::size_t limit) {
  std::vector<Descriptor> descriptors;
  const Json* value = reader.any(name);
  if (value == nullptr) return descriptors;
  const Json::Array* array = value->as_array();
  if (array == nullptr) return fail(reader.error_at(name, "must be an array of descriptors"));
  if (array->size() > limit) {
    return fail(reader.error_at(name, "has " + std::to_string(array->size()) +
                                          " entries; the limit is " + std::to_string(limit)));
  }
  descriptors.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    const std::string path = reader.path_of(name) + "[" + std::to_string(i) + "]";
    SEALIFT_ASSIGN(Descriptor descriptor, parse_descriptor((*array)[i], path));
    descriptors.push_back(std::move(descriptor));
  }
  return descriptors;
}

Result<> refuse_members(ObjectReader& reader, std::initializer_list<std::string_view> names,
                        std::string_view other_kind) {
  for (const auto name : names) {
    if (reader.any(name) != nullptr) {
      return fail(reader.error_at(
          name, "belongs to an " + std::string(other_kind) + "; a document must not be both"));
    }
  }
  return {};
}

Result<> require_type(bool accepted, std::string_view media_type, std::string_view kind) {
  if (accepted) return {};
  return fail(ErrorCode::kInvalidInput, "\"" + printable(media_type, 80) +
                                            "\" is not the media type of an " + std::string(kind));
}

Json descriptors_to_json(const std::vector<Descriptor>& descriptors) {
  Json::Array array;
  array.reserve(descriptors.size());
  for (const auto& descriptor : descriptors) array.push_back(to_json(descriptor));
  return Json(std::move(array));
}

// The members before and after the content, in the order of the specification.
Json open_document(const std::string& media_type, const std::string& artifact_type) {
  Json json = Json::object();
  json.set("schemaVersion", 2);
  json.set("mediaType", media_type);
  if (!artifact_type.empty()) json.set("artifactType", artifact_type);
  return json;
}

std::string close_document(Json json, const std::optional<Descriptor>& subject,
                           const Annotations& annotations) {
  if (subject) json.set("subject", to_json(*subject));
  if (!annotations.empty()) json.set("annotations", to_json(annotations));
  return dump_json(json);
}

}  // namespace

bool is_manifest_type(std::string_view media_type) {
  return media_type == media_type::kManifest || media_type == media_type::kDockerManifest;
}

bool is_index_type(std::string_view media_type) {
  return media_type == media_type::kIndex || media_type == media_type::kDockerList;
}

Result<Manifest> parse_manifest(std::string_view bytes, std::string_view content_type) {
  SEALIFT_ASSIGN(const Json json, parse_document(bytes, kManifestName));
  SEALIFT_ASSIGN(ObjectReader reader, ObjectReader::open(json, ""));
  SEALIFT_ASSIGN_CONTEXT(Envelope envelope,
                         read_envelope(reader, content_type, media_type::kManifest), kManifestName);
  SEALIFT_TRY(
      require_type(is_manifest_type(envelope.media_type), envelope.media_type, kManifestName));
  SEALIFT_TRY_CONTEXT(refuse_members(reader, {"manifests"}, kIndexName), kManifestName);
  const Json* config = reader.any("config");
  if (config == nullptr) {
    return fail(reader.error_at("config", "is required").with_context(kManifestName));
  }
  SEALIFT_ASSIGN_CONTEXT(Descriptor config_descriptor,
                         parse_descriptor(*config, reader.path_of("config")), kManifestName);
  SEALIFT_ASSIGN_CONTEXT(auto layers, read_descriptors(reader, "layers", kMaxLayers),
                         kManifestName);
  return Manifest{std::move(envelope.media_type), std::move(envelope.artifact_type),
                  std::move(config_descriptor),   std::move(layers),
                  std::move(envelope.subject),    std::move(envelope.annotations)};
}

Result<Index> parse_index(std::string_view bytes, std::string_view content_type) {
  SEALIFT_ASSIGN(const Json json, parse_document(bytes, kIndexName));
  SEALIFT_ASSIGN(ObjectReader reader, ObjectReader::open(json, ""));
  SEALIFT_ASSIGN_CONTEXT(Envelope envelope, read_envelope(reader, content_type, media_type::kIndex),
                         kIndexName);
  SEALIFT_TRY(require_type(is_index_type(envelope.media_type), envelope.media_type, kIndexName));
  SEALIFT_TRY_CONTEXT(refuse_members(reader, {"config", "layers"}, kManifestName), kIndexName);
  SEALIFT_ASSIGN_CONTEXT(auto manifests, read_descriptors(reader, "manifests", kMaxIndexManifests),
                         kIndexName);
  return Index{std::move(envelope.media_type), std::move(envelope.artifact_type),
               std::move(manifests), std::move(envelope.subject), std::move(envelope.annotations)};
}

std::string serialize(const Manifest& manifest) {
  Json json = open_document(manifest.media_type, manifest.artifact_type);
  json.set("config", to_json(manifest.config));
  json.set("layers", descriptors_to_json(manifest.layers));
  return close_document(std::move(json), manifest.subject, manifest.annotations);
}

std::string serialize(const Index& index) {
  Json json = open_document(index.media_type, index.artifact_type);
  json.set("manifests", descriptors_to_json(index.manifests));
  return close_document(std::move(json), index.subject, index.annotations);
}

Descriptor empty_descriptor() {
  return {std::string(media_type::kEmpty), Digest::of(kEmptyJson), kEmptyJson.size(), "", {}};
}

}  // namespace sealift::oci
