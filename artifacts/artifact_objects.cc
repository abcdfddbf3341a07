#include "artifact_objects.h"

#include <sealift/oci/content_layer.h>

#include <iterator>
#include <utility>

namespace sealift::artifacts {
namespace {

constexpr std::uint64_t kMaxLayerBytes = 256u << 20;

bool is_below(std::string_view path, std::string_view folder) {
  return folder.empty() ||
         (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

Result<std::vector<archive::TarFile>> unpack(const oci::Descriptor& layer, const std::string& path,
                                             ArtifactCache& cache) {
  const archive::TarLimits limits;
  archive::TarLimits kept = limits;
  kept.max_unpacked_bytes = ArtifactLimits().max_manifest_bytes;
  archive::TarFiles files(kept, [&](std::string_view file) {
    return archive::is_manifest_path(file) && is_below(file, path);
  });
  SEALIFT_TRY(oci::unpack_layer(layer, files, limits,
                                [&](ByteSink& sink) { return cache.read_blob(layer, sink); }));
  return files.take();
}

// Short strings live within the object itself; the allocator rounds the others up.
std::uint64_t bytes_of(const std::string& text) {
  return text.capacity() < sizeof(std::string) / 2 ? 0 : text.capacity() + 16;
}

// Without what holds the value itself.
std::uint64_t bytes_within(const Json& json) {
  std::uint64_t bytes = 0;
  if (const auto* text = json.as_string()) return bytes_of(*text);
  if (const auto* number = json.as_number()) return bytes_of(number->digits);
  if (const auto* array = json.as_array()) {
    bytes += array->capacity() * sizeof(Json);
    for (const auto& element : *array) bytes += bytes_within(element);
  } else if (const auto* object = json.as_object()) {
    bytes += object->capacity() * sizeof(Json::Member);
    for (const auto& [name, value] : *object) bytes += bytes_of(name) + bytes_within(value);
  }
  return bytes;
}

}  // namespace

std::uint64_t estimated_bytes(const objects::Object& object) {
  return sizeof(objects::Object) + bytes_of(object.source()) + bytes_within(object.json());
}

Result<oci::Descriptor> content_layer_of(const signing::VerifiedArtifact& artifact) {
  SEALIFT_ASSIGN(auto layer, oci::content_layer(artifact.manifest()));
  if (layer.size <= kMaxLayerBytes) return layer;
  return fail(ErrorCode::kInvalidInput,
              "the layer " + layer.digest.to_string() + " has " + std::to_string(layer.size) +
                  " bytes, and the limit is " + std::to_string(kMaxLayerBytes) +
                  "; split the artifact");
}

Result<ParsedArtifact> parse_artifact_objects(std::vector<archive::TarFile> files,
                                              const std::string& path,
                                              const ArtifactLimits& limits) {
  ParsedArtifact artifact;
  for (auto& unread : files) {
    // Its bytes go at the end of the turn: the files and all their objects need not fit together.
    const auto file = std::move(unread);
    SEALIFT_ASSIGN(auto parsed, objects::parse_objects(file.bytes, file.path, {},
                                                       objects::Placeholders::kAllowed));
    if (artifact.objects.size() + parsed.size() > limits.max_objects) {
      return fail(ErrorCode::kInvalidInput, "the artifact holds more than " +
                                                std::to_string(limits.max_objects) +
                                                " objects; split it into several artifacts");
    }
    for (const auto& object : parsed) artifact.estimated_bytes += estimated_bytes(object);
    if (artifact.estimated_bytes > limits.max_object_bytes) {
      return fail(ErrorCode::kInvalidInput,
                  "the artifact's objects take more than " +
                      std::to_string(limits.max_object_bytes) +
                      " bytes of memory when they are parsed; split it into several artifacts");
    }
    std::move(parsed.begin(), parsed.end(), std::back_inserter(artifact.objects));
  }
  if (artifact.objects.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "the artifact holds no objects" +
                    (path.empty() ? std::string() : " below the path " + path) +
                    "; an empty artifact is not taken for a wish to delete everything");
  }
  return artifact;
}

Result<ParsedArtifact> read_artifact_objects(const signing::VerifiedArtifact& artifact,
                                             const std::string& path, ArtifactCache& cache) {
  SEALIFT_ASSIGN(const auto layer, content_layer_of(artifact));
  SEALIFT_ASSIGN_CONTEXT(auto files, unpack(layer, path, cache),
                         "unpacking " + artifact.descriptor().digest.to_string());
  return parse_artifact_objects(std::move(files), path);
}

}  // namespace sealift::artifacts
