#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/layer.h>
#include <sealift/builder/source_tree.h>
#include <sealift/charts/chart_file.h>
#include <sealift/oci/descriptor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::builder {

// The media types of manifest, config and layer: what `flux push artifact` writes, or plain OCI.
enum class ArtifactFormat { kFlux, kOci };
Result<ArtifactFormat> parse_artifact_format(std::string_view text);  // flux, oci

// What the user says about an artifact. Empty and absent members take their value from the commit
// or are left out; nothing comes from the clock, the machine or the clone.
struct ArtifactOptions {
  ArtifactFormat format = ArtifactFormat::kFlux;
  std::string source;                    // org.opencontainers.image.source; left out when empty
  std::string revision;                  // default: Commit::revision()
  std::string version;                   // org.opencontainers.image.version; left out when empty
  std::optional<std::int64_t> sequence;  // default: the commit's time in seconds
  // The user's own. Names that the builder writes itself are refused, with the flag to use.
  oci::Annotations annotations;
};

// An artifact in its final bytes, not yet stored anywhere.
struct Artifact {
  oci::Descriptor manifest;
  std::string manifest_bytes;
  oci::Descriptor config;
  std::string config_bytes;
  oci::Descriptor layer;
  Layer content;
  std::string revision;
};

// "KEY=VALUE" of --annotation; kInvalidInput.
Result<std::pair<std::string, std::string>> parse_annotation(std::string_view text);

// docs/formats/artifact.md. kInvalidInput for a reserved, repeated or empty annotation, a negative
// sequence, or text that is not UTF-8.
Result<Artifact> make_artifact(Layer layer, const Commit& commit, std::string_view renderer,
                               const ArtifactOptions& options);

// A chart as `helm push` stores it: its Chart.yaml as the config, and the packed chart. The same
// errors, and kInvalidInput for an annotation with the chart's title.
Result<Artifact> make_chart_artifact(Layer layer, const Commit& commit,
                                     const charts::ChartFile& chart,
                                     const ArtifactOptions& options);

}  // namespace sealift::builder
