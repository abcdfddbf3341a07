#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/render.h>
#include <sealift/project/plan.h>

#include <memory>
#include <stop_token>
#include <string>

namespace sealift::builder {

// What a project wants rendered from the tree at its path: render_chart() where it says so,
// otherwise render(). `prefix` is what the plan's paths are relative to, from the repository's
// root. Not for charts that are published as charts. Errors are theirs.
Result<RenderedObjects> render_planned(std::shared_ptr<SourceTree> tree,
                                       const project::PlannedArtifact& planned,
                                       const std::string& prefix,
                                       const BuildEnvironment& environment, std::stop_token stop,
                                       const RenderLimits& limits = {});

// The same as render_unchecked() does it; what helm writes is judged nevertheless.
Result<RenderedObjects> render_planned_unchecked(std::shared_ptr<SourceTree> tree,
                                                 const project::PlannedArtifact& planned,
                                                 const std::string& prefix,
                                                 const BuildEnvironment& environment,
                                                 std::stop_token stop,
                                                 const RenderLimits& limits = {});

}  // namespace sealift::builder
