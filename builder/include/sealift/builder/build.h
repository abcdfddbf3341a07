#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/artifact.h>
#include <sealift/builder/git_source.h>
#include <sealift/builder/render.h>
#include <sealift/builder/source_tree.h>
#include <sealift/project/plan.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::builder {

struct BuildOptions {
  SourceOptions source;
  ArtifactOptions artifact;
  RenderLimits render;
};

struct Built {
  Artifact artifact;
  Commit commit;
  std::uint64_t files = 0;
  std::uint64_t objects = 0;
  std::string renderer;  // empty where nothing was rendered
  std::vector<std::string> warnings;
  std::string version_tag;  // of a chart: the tag that its version is; otherwise empty
};

// SourceTree → RenderedObjects → Layer → Artifact: render(), pack(), make_artifact(). Errors are
// theirs.
Result<Built> build(std::shared_ptr<SourceTree> tree, const ArtifactOptions& artifact,
                    const RenderLimits& limits, const BuildEnvironment& environment,
                    std::stop_token stop);

// How an artifact of a project is built.
struct PlannedOptions {
  ArtifactOptions artifact = {};
  RenderLimits render = {};
  // Asked about what was rendered before it is packed, from any thread; its error is the build's.
  // Charts that are published as charts are not rendered. May be empty.
  std::function<Result<>(const project::PlannedArtifact&, const RenderedObjects&)> judge = {};
};

// What a project plans from the tree at its path: rendered by render_planned(), or a chart packed
// as `helm package` packs it, but with the same bytes each time. `prefix` is what the plan's paths
// are relative to, from the repository's root. kInvalidInput for a chart whose name is not the last
// part of its destination, where Helm looks for it. Errors of find_chart() as well.
Result<Built> build_planned(std::shared_ptr<SourceTree> tree,
                            const project::PlannedArtifact& planned, const std::string& prefix,
                            const PlannedOptions& options, const BuildEnvironment& environment,
                            std::stop_token stop);

// The same from open_git_source() on.
Result<Built> build(const BuildOptions& options, const BuildEnvironment& environment,
                    std::stop_token stop);

}  // namespace sealift::builder
