#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/render.h>
#include <sealift/builder/source_tree.h>

#include <stop_token>
#include <string>
#include <vector>

namespace sealift::builder {

struct KustomizeOutput {
  std::string manifests;  // exactly what the program wrote
  std::string version;    // "kustomize v5.8.2"
  std::vector<std::string> warnings;
};

// The name of the kustomization at the tree's root, or empty.
std::string kustomization_of(const SourceTree& tree);

// Renders the tree's directory with the directories of its commit that it is made of. Errors as
// render().
Result<KustomizeOutput> run_kustomize(SourceTree& tree, const BuildEnvironment& environment,
                                      std::stop_token stop, const RenderLimits& limits);

}  // namespace sealift::builder
