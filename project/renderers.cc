#include "renderers.h"

namespace sealift::project {
namespace {

constexpr std::size_t kMaxText = 1'024;
constexpr std::size_t kMaxValuesFiles = 32;
constexpr std::size_t kMaxApiVersions = 500;

Result<charts::HookMode> read_hooks(ObjectReader& helm) {
  SEALIFT_ASSIGN(const auto text, helm.string_or("hooks", "keep"));
  if (text == "keep") return charts::HookMode::kKeep;
  if (text == "drop") return charts::HookMode::kDrop;
  if (text == "waves") return charts::HookMode::kWaves;
  return fail(helm.error_at("hooks", "must be keep, drop or waves"));
}

Result<std::string> short_text(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(auto text, reader.string_or(name, ""));
  if (text.size() <= kMaxText) return text;
  return fail(reader.error_at(name, "must have at most 1024 characters"));
}

Result<std::vector<std::string>> short_texts(ObjectReader& reader, std::string_view name,
                                             std::size_t most) {
  SEALIFT_ASSIGN(auto texts, reader.strings(name));
  if (texts.size() > most) {
    return fail(reader.error_at(name, "must be at most " + std::to_string(most)));
  }
  for (const auto& text : texts) {
    if (text.size() > kMaxText) {
      return fail(reader.error_at(name, "must have at most 1024 characters each"));
    }
  }
  return texts;
}

}  // namespace

Result<std::optional<HelmRelease>> read_helm(ObjectReader& artifact) {
  SEALIFT_ASSIGN(auto reader, artifact.optional_object("helm"));
  if (!reader) return std::nullopt;
  HelmRelease helm;
  SEALIFT_ASSIGN(helm.release, short_text(*reader, "releaseName"));
  SEALIFT_ASSIGN(helm.name_space, short_text(*reader, "namespace"));
  SEALIFT_ASSIGN(helm.values_files, short_texts(*reader, "valuesFiles", kMaxValuesFiles));
  if (const Json* values = reader->any("values")) {
    if (!values->is_object()) return fail(reader->error_at("values", "must be an object"));
    helm.values = *values;
  }
  SEALIFT_ASSIGN(helm.kube_version, short_text(*reader, "kubeVersion"));
  SEALIFT_ASSIGN(helm.api_versions, short_texts(*reader, "apiVersions", kMaxApiVersions));
  SEALIFT_ASSIGN(helm.include_crds, reader->bool_or("includeCRDs", true));
  SEALIFT_ASSIGN(helm.include_tests, reader->bool_or("includeTests", false));
  SEALIFT_ASSIGN(helm.hooks, read_hooks(*reader));
  SEALIFT_TRY(reader->finish());
  return helm;
}

Result<std::optional<ChartRelease>> read_chart(ObjectReader& artifact) {
  SEALIFT_ASSIGN(const auto kind, artifact.string_or("kind", "manifests"));
  SEALIFT_ASSIGN(auto reader, artifact.optional_object("chart"));
  if (kind == "manifests") {
    if (!reader) return std::nullopt;
    return fail(artifact.error_at("chart", "is for kind: chart"));
  }
  if (kind != "chart") return fail(artifact.error_at("kind", "must be manifests or chart"));
  ChartRelease chart;
  if (!reader) return chart;
  SEALIFT_ASSIGN(chart.version, short_text(*reader, "version"));
  SEALIFT_ASSIGN(chart.app_version, short_text(*reader, "appVersion"));
  SEALIFT_TRY(reader->finish());
  return chart;
}

}  // namespace sealift::project
