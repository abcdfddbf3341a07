#include <sealift/builder/provenance.h>

#include <utility>

namespace sealift::builder {
namespace {

void set_unless_empty(Json& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.set(name, value);
}

std::string_view to_string(charts::HookMode mode) {
  switch (mode) {
    case charts::HookMode::kDrop:
      return "drop";
    case charts::HookMode::kWaves:
      return "waves";
    case charts::HookMode::kKeep:
      break;
  }
  return "keep";
}

Json list_of(const std::vector<std::string>& texts) {
  Json list = Json::array();
  for (const auto& text : texts) list.push_back(text);
  return list;
}

// As sealift.yaml has it, with all templates replaced.
Json to_json(const project::HelmRelease& helm) {
  Json json = Json::object();
  json.set("releaseName", helm.release);
  json.set("namespace", helm.name_space);
  if (!helm.values_files.empty()) json.set("valuesFiles", list_of(helm.values_files));
  if (!helm.values.as_object()->empty()) json.set("values", helm.values);
  set_unless_empty(json, "kubeVersion", helm.kube_version);
  if (!helm.api_versions.empty()) json.set("apiVersions", list_of(helm.api_versions));
  json.set("includeCRDs", helm.include_crds);
  json.set("includeTests", helm.include_tests);
  json.set("hooks", to_string(helm.hooks));
  return json;
}

Json to_json(const project::ChartRelease& chart) {
  Json json = Json::object();
  set_unless_empty(json, "version", chart.version);
  set_unless_empty(json, "appVersion", chart.app_version);
  return json;
}

Json to_json(const project::PlannedArtifact& planned) {
  Json json = Json::object();
  json.set("name", planned.name);
  json.set("kind", planned.chart ? "chart" : "manifests");
  json.set("path", planned.path);
  json.set("destination", planned.destination.to_string());
  if (!planned.annotations.empty()) {
    Json& annotations = json.set("annotations", Json::object());
    for (const auto& [name, value] : planned.annotations) annotations.set(name, value);
  }
  if (planned.helm) json.set("helm", to_json(*planned.helm));
  if (planned.chart) json.set("chart", to_json(*planned.chart));
  return json;
}

std::string ref_of(const Commit& commit) {
  if (!commit.tag.empty()) return "refs/tags/" + commit.tag;
  return commit.branch.empty() ? std::string() : "refs/heads/" + commit.branch;
}

// SPDX's notation for a place in Git (SPDX 2.3, 7.7).
std::string git_uri(const Commit& commit, const std::string& repository) {
  const auto ref = ref_of(commit);
  return "git+" + (repository.empty() ? "unknown" : repository) + (ref.empty() ? "" : "@" + ref);
}

Json dependencies_of(const Commit& commit, std::string_view renderer, const BuildRun& run) {
  Json dependencies = Json::array();
  Json source = Json::object();
  source.set("uri", git_uri(commit, run.repository));
  Json& digest = source.set("digest", Json::object());
  digest.set("gitCommit", commit.id);
  dependencies.push_back(std::move(source));
  if (!renderer.empty()) {
    // "helm v4.3.1"; a package URL (purl-spec, "generic").
    std::string program(renderer);
    if (const auto space = program.find(' '); space != std::string::npos) program[space] = '@';
    Json tool = Json::object();
    tool.set("uri", "pkg:generic/" + program);
    dependencies.push_back(std::move(tool));
  }
  return dependencies;
}

}  // namespace

Json slsa_provenance(const project::PlannedArtifact& planned, const Commit& commit,
                     std::string_view renderer, const ArtifactOptions& options,
                     const BuildRun& run) {
  Json external = Json::object();
  set_unless_empty(external, "repository", run.repository);
  set_unless_empty(external, "ref", ref_of(commit));
  set_unless_empty(external, "projectFile", run.project_file);
  external.set("artifact", to_json(planned));
  Json internal = Json::object();
  internal.set("format", options.format == ArtifactFormat::kFlux ? "flux" : "oci");
  set_unless_empty(internal, "source", options.source);
  if (options.sequence) internal.set("sequence", *options.sequence);
  Json predicate = Json::object();
  Json& definition = predicate.set("buildDefinition", Json::object());
  definition.set("buildType", kProjectBuildType);
  definition.set("externalParameters", std::move(external));
  definition.set("internalParameters", std::move(internal));
  definition.set("resolvedDependencies", dependencies_of(commit, renderer, run));
  Json& details = predicate.set("runDetails", Json::object());
  Json& builder = details.set("builder", Json::object());
  builder.set("id", run.builder);
  Json& metadata = details.set("metadata", Json::object());
  set_unless_empty(metadata, "invocationId", run.invocation);
  metadata.set("startedOn", format_timestamp(run.started));
  metadata.set("finishedOn", format_timestamp(run.finished));
  return predicate;
}

}  // namespace sealift::builder
