#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/builder/artifact.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace sealift::builder {
namespace {

constexpr std::string_view kSource = "org.opencontainers.image.source";
constexpr std::string_view kRevision = "org.opencontainers.image.revision";
constexpr std::string_view kCreated = "org.opencontainers.image.created";
constexpr std::string_view kVersion = "org.opencontainers.image.version";
constexpr std::string_view kTitle = "org.opencontainers.image.title";
constexpr std::string_view kDescription = "org.opencontainers.image.description";
constexpr std::string_view kOurs = "dev.sealift.";
constexpr std::string_view kDiffId = "dev.sealift.content.diff-id";
constexpr std::string_view kSequence = "dev.sealift.sequence";
constexpr std::string_view kRenderer = "dev.sealift.renderer";

constexpr std::size_t kMaxAnnotations = 100;
constexpr std::size_t kMaxAnnotationBytes = 16'384;

// What to say instead, for a name that the builder writes itself; empty for any other.
std::string_view way_to_set(std::string_view name) {
  if (name == kSource) return "use --source";
  if (name == kRevision) return "use --revision";
  if (name == kVersion) return "use --artifact-version";
  if (name == kSequence) return "use --sequence";
  if (name == kCreated) return "it is the commit's own time";
  if (name.starts_with(kOurs)) return "names that begin with dev.sealift. are the builder's own";
  return {};
}

Error refused(std::string_view name, std::string_view why) {
  return Error(ErrorCode::kInvalidInput,
               "the annotation " + printable(name) + " " + std::string(why));
}

Result<> check_value(std::string_view name, std::string_view value) {
  if (!is_utf8(name) || !is_utf8(value)) return fail(refused(name, "is not UTF-8"));
  if (name.size() + value.size() > kMaxAnnotationBytes) {
    return fail(refused(name, "is larger than 16384 bytes"));
  }
  return {};
}

Result<> check_own(const oci::Annotations& annotations) {
  if (annotations.size() > kMaxAnnotations) {
    return fail(ErrorCode::kInvalidInput, "there are more than 100 annotations");
  }
  for (std::size_t at = 0; at < annotations.size(); ++at) {
    const auto& [name, value] = annotations[at];
    if (name.empty()) return fail(refused(name, "has no name"));
    SEALIFT_TRY(check_value(name, value));
    if (const auto way = way_to_set(name); !way.empty()) {
      return fail(refused(name, "is written by the builder: " + std::string(way)));
    }
    for (std::size_t before = 0; before < at; ++before) {
      if (annotations[before].first == name) return fail(refused(name, "is given twice"));
    }
  }
  return {};
}

// An image config (OCI image-spec 1.1, config.md) with what the specification requires; readers
// take `created` from it. The platform is unknown because the content runs on none.
std::string config_json(const Layer& layer, const Commit& commit) {
  Json rootfs = Json::object();
  rootfs.set("type", "layers");
  rootfs.set("diff_ids", Json::Array{Json(layer.diff_id.to_string())});
  Json config = Json::object();
  config.set("created", format_timestamp(commit.time));
  config.set("architecture", "unknown");
  config.set("os", "unknown");
  config.set("config", Json::object());
  config.set("rootfs", std::move(rootfs));
  return dump_json(config);
}

Result<oci::Annotations> make_annotations(const Layer& layer, const Commit& commit,
                                          const std::string& revision, std::string_view renderer,
                                          const ArtifactOptions& options) {
  SEALIFT_TRY(check_own(options.annotations));
  const std::int64_t sequence = options.sequence.value_or(commit.time.time_since_epoch().count());
  if (sequence < 0) {
    return fail(ErrorCode::kInvalidInput,
                "the sequence " + std::to_string(sequence) + " is negative");
  }
  oci::Annotations annotations = options.annotations;
  const auto add = [&](std::string_view name, std::string value) {
    if (!value.empty()) annotations.emplace_back(name, std::move(value));
  };
  add(kSource, options.source);
  add(kRevision, revision);
  add(kCreated, format_timestamp(commit.time));
  add(kVersion, options.version);
  add(kDiffId, layer.diff_id.to_string());
  add(kSequence, std::to_string(sequence));
  add(kRenderer, std::string(renderer));
  for (const auto& [name, value] : annotations) SEALIFT_TRY(check_value(name, value));
  std::ranges::sort(annotations);
  return annotations;
}

// What an artifact is made of, whatever it is for.
struct Parts {
  std::string_view config_type;
  std::string config_bytes;
  std::string_view layer_type;
  oci::Annotations annotations;
};

oci::Descriptor describe(std::string_view media_type, std::string_view bytes) {
  return {std::string(media_type), Digest::of(bytes), bytes.size(), {}, {}};
}

std::string revision_of(const Commit& commit, const ArtifactOptions& options) {
  return options.revision.empty() ? commit.revision() : options.revision;
}

Result<Artifact> join(Parts parts, Layer layer, std::string revision) {
  const oci::Manifest manifest{
      std::string(oci::media_type::kManifest),
      {},
      describe(parts.config_type, parts.config_bytes),
      {{std::string(parts.layer_type), layer.digest, layer.bytes.size, {}, {}}},
      std::nullopt,
      std::move(parts.annotations)};
  std::string manifest_bytes = oci::serialize(manifest);
  if (manifest_bytes.size() > oci::kMaxManifestBytes) {
    return fail(ErrorCode::kInvalidInput, "the annotations make the manifest larger than 4 MiB");
  }
  return Artifact{describe(oci::media_type::kManifest, manifest_bytes),
                  std::move(manifest_bytes),
                  manifest.config,
                  std::move(parts.config_bytes),
                  manifest.layers.front(),
                  std::move(layer),
                  std::move(revision)};
}

}  // namespace

Result<ArtifactFormat> parse_artifact_format(std::string_view text) {
  if (text == "flux") return ArtifactFormat::kFlux;
  if (text == "oci") return ArtifactFormat::kOci;
  return fail(ErrorCode::kInvalidInput,
              "the format " + printable(text) + " is unknown: choose flux or oci");
}

Result<std::pair<std::string, std::string>> parse_annotation(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return fail(ErrorCode::kInvalidInput,
                "the annotation " + printable(text) + " has not the form KEY=VALUE");
  }
  return std::pair(std::string(text.substr(0, equals)), std::string(text.substr(equals + 1)));
}

Result<Artifact> make_artifact(Layer layer, const Commit& commit, std::string_view renderer,
                               const ArtifactOptions& options) {
  const bool flux = options.format == ArtifactFormat::kFlux;
  const std::string revision = revision_of(commit, options);
  SEALIFT_ASSIGN(auto annotations, make_annotations(layer, commit, revision, renderer, options));
  // Before the layer moves on.
  Parts parts{flux ? oci::media_type::kFluxConfig : oci::media_type::kImageConfig,
              config_json(layer, commit),
              flux ? oci::media_type::kFluxContent : oci::media_type::kLayerTarGzip,
              std::move(annotations)};
  return join(std::move(parts), std::move(layer), revision);
}

Result<Artifact> make_chart_artifact(Layer layer, const Commit& commit,
                                     const charts::ChartFile& chart,
                                     const ArtifactOptions& options) {
  const auto& own = options.annotations;
  if (std::ranges::find(own, kTitle, &std::pair<std::string, std::string>::first) != own.end()) {
    return fail(refused(kTitle, "is the chart's name"));
  }
  ArtifactOptions complete = options;
  complete.version = chart.version;
  complete.annotations.emplace_back(kTitle, chart.name);
  const bool is_described =
      std::ranges::find(own, kDescription, &std::pair<std::string, std::string>::first) !=
      own.end();
  if (!is_described && !chart.description.empty()) {
    complete.annotations.emplace_back(kDescription, chart.description);
  }
  const std::string revision = revision_of(commit, options);
  SEALIFT_ASSIGN(auto annotations, make_annotations(layer, commit, revision, "", complete));
  return join({oci::media_type::kHelmConfig, dump_json(chart.document),
               oci::media_type::kHelmContent, std::move(annotations)},
              std::move(layer), revision);
}

}  // namespace sealift::builder
