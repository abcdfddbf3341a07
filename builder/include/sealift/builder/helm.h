#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/render.h>
#include <sealift/builder/source_tree.h>
#include <sealift/project/renderers.h>

#include <stop_token>
#include <string>

namespace sealift::builder {

// Renders the chart in the tree's directory with `helm template`, in a closed room: no network, no
// plug-ins, nothing of the caller's environment. Charts that it depends on are in its folder
// charts, or in the same commit by "file://". Names of values files are from the repository's root.
// What helm writes is read as Kubernetes reads it, its hooks become what the release says, and
// manifests.yaml holds the objects in the order of an apply in one style, without comments: equal
// objects give equal bytes, whatever templates look like.
//
// kNotFound where there is no chart, values file or helm; kInvalidInput with helm's own words where
// it cannot render, and for what it renders as render(); kUnavailable where it does not end in
// time.
Result<RenderedObjects> render_chart(SourceTree& tree, const project::HelmRelease& release,
                                     const BuildEnvironment& environment, std::stop_token stop,
                                     const RenderLimits& limits = {});

}  // namespace sealift::builder
