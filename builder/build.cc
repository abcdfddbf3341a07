#include <sealift/builder/build.h>

#include "chart_tree.h"
#include "tree_entry.h"

#include <sealift/base/encoding.h>
#include <sealift/builder/layer.h>
#include <sealift/builder/render_planned.h>
#include <sealift/objects/yaml.h>

#include <memory>
#include <string>
#include <utility>

namespace sealift::builder {
namespace {

Result<Built> finish(RenderedObjects rendered, const Commit& commit, const ArtifactOptions& options,
                     const BuildEnvironment& environment) {
  SEALIFT_ASSIGN(Layer layer, pack(rendered, environment));
  SEALIFT_ASSIGN(Artifact artifact,
                 make_artifact(std::move(layer), commit, rendered.renderer, options));
  return Built{std::move(artifact),
               commit,
               rendered.files.size(),
               rendered.objects,
               std::move(rendered.renderer),
               std::move(rendered.warnings),
               {}};
}

// Helm asks "…/NAME" for the chart NAME, and refuses to push it elsewhere.
Result<> check_chart_place(const charts::ChartFile& chart, const oci::Reference& destination) {
  const auto& repository = destination.repository();
  if (destination.kind() != oci::Reference::Kind::kRegistry) return {};
  if (repository == chart.name || repository.ends_with("/" + chart.name)) return {};
  return fail(ErrorCode::kInvalidInput, "the chart is called " + chart.name +
                                            ", and its destination " + destination.to_string() +
                                            " must end with that name, as Helm's do");
}

Result<Built> build_chart(SourceTree& tree, const project::PlannedArtifact& planned,
                          const ArtifactOptions& options, const BuildEnvironment& environment) {
  SEALIFT_ASSIGN(const auto found, find_chart(tree, tree.path()));
  SEALIFT_TRY(check_chart_place(found.chart, planned.destination));
  SEALIFT_ASSIGN(const auto chart,
                 found.chart.with_versions(planned.chart->version, planned.chart->app_version));
  RenderedObjects packed;
  SEALIFT_ASSIGN(packed.files, files_of(tree, found));
  for (RenderedFile& file : packed.files) {
    file.executable = false;
    // Git's bytes, unless a version is another one.
    if (file.path == charts::kChartFile && !(chart.document == found.chart.document)) {
      file.read = [text = objects::dump_yaml(chart.document)]() -> Result<std::string> {
        return text;
      };
    }
    file.path = chart.name + "/" + file.path;
  }
  SEALIFT_ASSIGN(Layer layer, pack(packed, environment));
  SEALIFT_ASSIGN(Artifact artifact,
                 make_chart_artifact(std::move(layer), tree.commit(), chart, options));
  return Built{std::move(artifact), tree.commit(), packed.files.size(), 0, {}, {}, chart.tag()};
}

}  // namespace

Result<Built> build(std::shared_ptr<SourceTree> tree, const ArtifactOptions& options,
                    const RenderLimits& limits, const BuildEnvironment& environment,
                    std::stop_token stop) {
  SEALIFT_ASSIGN(RenderedObjects rendered, render(tree, environment, std::move(stop), limits));
  return finish(std::move(rendered), tree->commit(), options, environment);
}

Result<Built> build_planned(std::shared_ptr<SourceTree> tree,
                            const project::PlannedArtifact& planned, const std::string& prefix,
                            const PlannedOptions& options, const BuildEnvironment& environment,
                            std::stop_token stop) {
  if (planned.chart) return build_chart(*tree, planned, options.artifact, environment);
  SEALIFT_ASSIGN(auto rendered, render_planned(tree, planned, prefix, environment, std::move(stop),
                                               options.render));
  if (options.judge) SEALIFT_TRY(options.judge(planned, rendered));
  return finish(std::move(rendered), tree->commit(), options.artifact, environment);
}

Result<Built> build(const BuildOptions& options, const BuildEnvironment& environment,
                    std::stop_token stop) {
  SEALIFT_ASSIGN(std::shared_ptr<SourceTree> tree,
                 open_git_source(options.source, environment.files));
  return build(std::move(tree), options.artifact, options.render, environment, std::move(stop));
}

}  // namespace sealift::builder
