#include <sealift/builder/same_delivery.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace sealift::builder {
namespace {

// What differs from commit to commit of the same content.
constexpr std::array<std::string_view, 3> kOfTheCommit = {"org.opencontainers.image.revision",
                                                          "org.opencontainers.image.created",
                                                          "dev.sealift.sequence"};

oci::Annotations lasting(oci::Annotations annotations) {
  std::erase_if(annotations, [](const auto& annotation) {
    return std::ranges::find(kOfTheCommit, annotation.first) != kOfTheCommit.end();
  });
  std::ranges::sort(annotations);
  return annotations;
}

}  // namespace

bool is_same_delivery(const oci::Manifest& published, const Artifact& artifact) {
  const auto own = oci::parse_manifest(artifact.manifest_bytes, artifact.manifest.media_type);
  if (!own || published.layers.size() != 1 || published.subject) return false;
  return published.media_type == own->media_type && published.artifact_type == own->artifact_type &&
         published.config.media_type == own->config.media_type &&
         published.layers.front() == own->layers.front() &&
         lasting(published.annotations) == lasting(own->annotations);
}

}  // namespace sealift::builder
