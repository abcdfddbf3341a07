#pragma once

#include <sealift/archive/tar_files.h>
#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/result.h>
#include <sealift/oci/descriptor.h>
#include <sealift/signing/verifier.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sealift::artifacts {

// What an artifact may hold below the path that is asked for.
struct ArtifactLimits {
  std::size_t max_objects = 50'000;
  std::uint64_t max_manifest_bytes = 64u << 20;  // the files of it
  // What the parsed objects take: 64 MiB of "[1,1,…" would take two GiB. Exceeded by one file at
  // most, whose own limits are objects::YamlLimits.
  std::uint64_t max_object_bytes = 256u << 20;
};

// The layer that holds manifests. kInvalidInput for one of more than 256 MiB, which keeps a foreign
// size from filling the disk, and as oci::content_layer().
Result<oci::Descriptor> content_layer_of(const signing::VerifiedArtifact& artifact);

// Unpacks the content layer from the cache and parses *.yaml, *.yml and *.json below `path`.
// kUntrusted where the cached bytes do not fit, kInvalidInput naming file, line and column or the
// limit, and for a path without objects.
Result<ParsedArtifact> read_artifact_objects(const signing::VerifiedArtifact& artifact,
                                             const std::string& path, ArtifactCache& cache);

// The second half: pure.
Result<ParsedArtifact> parse_artifact_objects(std::vector<archive::TarFile> files,
                                              const std::string& path,
                                              const ArtifactLimits& limits = {});

// About what an object takes in memory.
std::uint64_t estimated_bytes(const objects::Object& object);

}  // namespace sealift::artifacts
