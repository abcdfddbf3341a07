#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/artifact.h>
#include <sealift/builder/git_source.h>
#include <sealift/builder/render.h>
#include <sealift/builder/source_tree.h>

#include <cstdint>
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
};

// Commit → SourceTree → RenderedObjects → Layer → Artifact: open_git_source(), render(), pack(),
// make_artifact(). Errors are theirs.
Result<Built> build(const BuildOptions& options, const BuildEnvironment& environment,
                    std::stop_token stop);

}  // namespace sealift::builder
