#pragma once

#include <sealift/oci/descriptor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::oci {

// An image manifest (OCI image-spec 1.1, manifest.md), or Docker's version 2 schema 2, which has
// the same members.
struct Manifest {
  std::string media_type;
  std::string artifact_type;
  Descriptor config;
  std::vector<Descriptor> layers;
  std::optional<Descriptor> subject;
  Annotations annotations;
};

// An image index (image-index.md), or Docker's manifest list.
struct Index {
  std::string media_type;
  std::string artifact_type;
  std::vector<Descriptor> manifests;
  std::optional<Descriptor> subject;
  Annotations annotations;
};

inline constexpr std::uint64_t kMaxManifestBytes = 4u << 20;

// kInvalidInput for anything the specification forbids, a `mediaType` that disagrees with
// `content_type` (when that is not empty), more than 1,000 layers or 10,000 manifests.
Result<Manifest> parse_manifest(std::string_view bytes, std::string_view content_type);
Result<Index> parse_index(std::string_view bytes, std::string_view content_type);

// Compact JSON, members in the specification's order, annotations sorted: equal manifests give
// equal bytes.
std::string serialize(const Manifest& manifest);
std::string serialize(const Index& index);

// {} with its digest and size (image-spec, "Guidance for an Empty Descriptor").
Descriptor empty_descriptor();
inline constexpr std::string_view kEmptyJson = "{}";

}  // namespace sealift::oci
