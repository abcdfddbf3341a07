#pragma once

#include <sealift/oci/descriptor.h>

#include <cstddef>
#include <cstdint>
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

inline constexpr std::size_t kMaxLayers = 1'000;
inline constexpr std::size_t kMaxIndexManifests = 10'000;

// kInvalidInput for anything the specification forbids, a `mediaType` that disagrees with
// `content_type` (when that is not empty), more than kMaxLayers layers or kMaxIndexManifests
// manifests. A document that is both, a manifest and an index, is refused by both, because readers
// would disagree on what it holds (image-spec security advisory GHSA-77vh-xpmg-72qh). null counts
// as absent, which is how Go writes an empty list.
Result<Manifest> parse_manifest(std::string_view bytes, std::string_view content_type);
Result<Index> parse_index(std::string_view bytes, std::string_view content_type);

// Which of the two a media type names, in OCI's or Docker's writing.
bool is_manifest_type(std::string_view media_type);
bool is_index_type(std::string_view media_type);

// Compact JSON, members in the specification's order, annotations sorted: equal manifests give
// equal bytes.
std::string serialize(const Manifest& manifest);
std::string serialize(const Index& index);

// {} with its digest and size (image-spec, "Guidance for an Empty Descriptor").
Descriptor empty_descriptor();
inline constexpr std::string_view kEmptyJson = "{}";

}  // namespace sealift::oci
