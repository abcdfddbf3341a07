#include <sealift/archive/entry_path.h>
#include <sealift/oci/content_layer.h>
#include <sealift/oci/layer_files.h>
#include <sealift/oci/media_types.h>

#include <algorithm>
#include <map>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::string_view kTitle = "org.opencontainers.image.title";
constexpr std::string_view kVersion = "org.opencontainers.image.version";
constexpr std::string_view kOrasUnpack = "io.deis.oras.content.unpack";
constexpr std::string_view kHelmProvenance = "application/vnd.cncf.helm.chart.provenance.v1.prov";

// Whether the artifact is one layer of manifests, and what else it may have is not content. oras
// gives every file the type of an uncompressed tar unless told another, and a title.
bool is_delivered(const Manifest& manifest, const Descriptor& content) {
  if (content.media_type == media_type::kFluxContent) return true;
  const bool is_titled = !find_annotation(content.annotations, kTitle).empty();
  return manifest.layers.size() == 1 && !(is_titled && content.media_type == media_type::kLayerTar);
}

// "name-version.tgz" (Helm, "OCI-based registries"), where both are fit for a file name.
std::string chart_name(const Manifest& manifest) {
  const auto name = find_annotation(manifest.annotations, kTitle);
  const auto version = find_annotation(manifest.annotations, kVersion);
  if (name.empty() || version.empty()) return {};
  if (name.find('/') != std::string_view::npos || version.find('/') != std::string_view::npos) {
    return {};
  }
  return std::string(name) + "-" + std::string(version) + ".tgz";
}

std::string_view ending_of(std::string_view media_type) {
  const bool is_tar = media_type.find(".tar") != std::string_view::npos;
  switch (compression_of_media_type(media_type)) {
    case archive::Compression::kGzip:
      return is_tar ? ".tar.gz" : ".gz";
    case archive::Compression::kZstd:
      return is_tar ? ".tar.zst" : ".zst";
    case archive::Compression::kNone:
      break;
  }
  if (is_tar) return ".tar";
  return media_type.ends_with("json") ? ".json" : "";
}

std::string name_of(const Manifest& manifest, const Descriptor& layer) {
  const auto title = find_annotation(layer.annotations, kTitle);
  if (!title.empty()) return std::string(title);
  if (manifest.config.media_type == media_type::kHelmConfig) {
    const std::string chart = chart_name(manifest);
    if (!chart.empty() && layer.media_type == media_type::kHelmContent) return chart;
    if (!chart.empty() && layer.media_type == kHelmProvenance) return chart + ".prov";
  }
  return std::string(layer.digest.algorithm_name()) + "-" + layer.digest.hex() +
         std::string(ending_of(layer.media_type));
}

Result<std::string> path_of(const Manifest& manifest, const Descriptor& layer) {
  const std::string name = name_of(manifest, layer);
  SEALIFT_ASSIGN_CONTEXT(
      std::string path, archive::normalize_entry_path(name, {}),
      "the layer " + layer.digest.to_string() + " is named " + archive::quote_name(name));
  if (!path.empty()) return path;
  return fail(ErrorCode::kInvalidInput, "the layer " + layer.digest.to_string() + " is named " +
                                            archive::quote_name(name) + ", which is no file");
}

}  // namespace

Result<std::vector<LayerFile>> layer_files(const Manifest& manifest, ArchiveUse use) {
  if (use == ArchiveUse::kUnpack) {
    auto content = content_layer(manifest);
    if (content && is_delivered(manifest, *content)) {
      return std::vector{LayerFile{*std::move(content), ""}};
    }
  }
  std::vector<LayerFile> found;
  std::map<std::string, Digest> named;
  for (const auto& layer : manifest.layers) {
    if (use == ArchiveUse::kUnpack && find_annotation(layer.annotations, kOrasUnpack) == "true") {
      found.push_back({layer, ""});
      continue;
    }
    SEALIFT_ASSIGN(std::string path, path_of(manifest, layer));
    const auto [at, is_new] = named.emplace(path, layer.digest);
    if (!is_new && at->second != layer.digest) {
      return fail(ErrorCode::kInvalidInput,
                  "two layers are named " + archive::quote_name(path) + ", with different content");
    }
    if (is_new) found.push_back({layer, std::move(path)});
  }
  if (!found.empty()) return found;
  return fail(ErrorCode::kInvalidInput,
              "the artifact has no layers, so there are no files; \"sealift inspect\" shows what "
              "it has");
}

}  // namespace sealift::oci
