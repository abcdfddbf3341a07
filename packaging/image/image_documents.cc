#include "image_documents.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <cstdint>

namespace sealift::image {
namespace {

Json members(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json out = Json::object();
  for (const auto& [name, value] : pairs) out.set(name, value);
  return out;
}

}  // namespace

oci::Descriptor describe(std::string_view media_type, std::string_view bytes) {
  return {std::string(media_type), Digest::of(bytes), bytes.size(), {}, {}};
}

std::string image_config(const ImageDescription& description, const std::string& architecture,
                         const RootLayer& layer) {
  const auto created = format_timestamp(description.created);
  Json execution = Json::object();
  execution.set("User", description.user);
  execution.set("Entrypoint", Json(Json::Array{description.entrypoint}));
  execution.set("WorkingDir", "/");
  execution.set("Labels", members(description.labels));
  Json config = Json::object();
  config.set("created", created);
  config.set("architecture", architecture);
  config.set("os", "linux");
  config.set("config", std::move(execution));
  config.set("rootfs", Json(Json::Object{
                           {"type", "layers"},
                           {"diff_ids", Json(Json::Array{layer.diff_id.to_string()})},
                       }));
  config.set("history", Json(Json::Array{Json(Json::Object{
                            {"created", created},
                            {"created_by", "sealift-image"},
                        })}));
  return dump_json(config);
}

std::string image_manifest(const oci::Descriptor& config, const oci::Descriptor& layer) {
  return serialize(
      oci::Manifest{std::string(oci::media_type::kManifest), {}, config, {layer}, {}, {}});
}

std::string attached_manifest(const oci::Descriptor& document, const oci::Descriptor& subject) {
  return serialize(oci::Manifest{std::string(oci::media_type::kManifest),
                                 document.media_type,
                                 oci::empty_descriptor(),
                                 {document},
                                 subject,
                                 {}});
}

// Not oci::Index, whose descriptors know no platform: nobody else here needs one.
std::string image_index(const ImageDescription& description,
                        const std::vector<std::pair<std::string, oci::Descriptor>>& manifests) {
  Json list = Json::array();
  for (const auto& [architecture, manifest] : manifests) {
    Json entry = to_json(manifest);
    entry.set("platform", Json(Json::Object{{"architecture", architecture}, {"os", "linux"}}));
    list.push_back(std::move(entry));
  }
  Json index = Json::object();
  index.set("schemaVersion", 2);
  index.set("mediaType", oci::media_type::kIndex);
  index.set("manifests", std::move(list));
  index.set("annotations", members(description.labels));
  return dump_json(index);
}

}  // namespace sealift::image
