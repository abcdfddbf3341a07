#include <sealift/builder/build.h>
#include <sealift/builder/layer.h>

#include <memory>
#include <utility>

namespace sealift::builder {

Result<Built> build(std::shared_ptr<SourceTree> tree, const ArtifactOptions& options,
                    const RenderLimits& limits, const BuildEnvironment& environment,
                    std::stop_token stop) {
  SEALIFT_ASSIGN(RenderedObjects rendered, render(tree, environment, stop, limits));
  SEALIFT_ASSIGN(Layer layer, pack(rendered, environment));
  SEALIFT_ASSIGN(Artifact artifact,
                 make_artifact(std::move(layer), tree->commit(), rendered.renderer, options));
  return Built{std::move(artifact),          tree->commit(),
               rendered.files.size(),        rendered.objects,
               std::move(rendered.renderer), std::move(rendered.warnings)};
}

Result<Built> build(const BuildOptions& options, const BuildEnvironment& environment,
                    std::stop_token stop) {
  SEALIFT_ASSIGN(std::shared_ptr<SourceTree> tree,
                 open_git_source(options.source, environment.files));
  return build(std::move(tree), options.artifact, options.render, environment, std::move(stop));
}

}  // namespace sealift::builder
