#include <sealift/builder/render_planned.h>

#include "tree_entry.h"

#include <sealift/builder/helm.h>

#include <utility>

namespace sealift::builder {
namespace {

Result<RenderedObjects> render_release(SourceTree& tree, project::HelmRelease release,
                                       const std::string& prefix,
                                       const BuildEnvironment& environment, std::stop_token stop,
                                       const RenderLimits& limits) {
  for (auto& file : release.values_files) {
    SEALIFT_ASSIGN(file, join_in_repository(prefix, file));
  }
  return render_chart(tree, release, environment, std::move(stop), limits);
}

}  // namespace

Result<RenderedObjects> render_planned(std::shared_ptr<SourceTree> tree,
                                       const project::PlannedArtifact& planned,
                                       const std::string& prefix,
                                       const BuildEnvironment& environment, std::stop_token stop,
                                       const RenderLimits& limits) {
  if (!planned.helm) return render(std::move(tree), environment, std::move(stop), limits);
  return render_release(*tree, *planned.helm, prefix, environment, std::move(stop), limits);
}

Result<RenderedObjects> render_planned_unchecked(std::shared_ptr<SourceTree> tree,
                                                 const project::PlannedArtifact& planned,
                                                 const std::string& prefix,
                                                 const BuildEnvironment& environment,
                                                 std::stop_token stop, const RenderLimits& limits) {
  if (!planned.helm) {
    return render_unchecked(std::move(tree), environment, std::move(stop), limits);
  }
  return render_release(*tree, *planned.helm, prefix, environment, std::move(stop), limits);
}

}  // namespace sealift::builder
