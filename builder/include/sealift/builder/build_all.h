#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/build.h>
#include <sealift/builder/snapshot_pool.h>
#include <sealift/project/plan.h>

#include <cstddef>
#include <functional>
#include <stop_token>
#include <vector>

namespace sealift::builder {

// What is the same for all artifacts of a project; each has its own annotations beside it.
struct BuildAllOptions {
  PlannedOptions each;
  SourceLimits source;
  std::size_t threads = 1;
  // Called when an artifact is built or has failed, from any thread. May be empty.
  std::function<void(const project::PlannedArtifact&)> on_done;
};

// Each artifact of the plan, in its order; all or none. The mistakes of all artifacts are collected
// into one error of the first one's kind, so that one run tells everything that is wrong. Together
// they keep no more than kLayerMemoryBytes and 4 KiB for each in memory.
Result<std::vector<Built>> build_all(const std::vector<project::PlannedArtifact>& plan,
                                     SnapshotPool& snapshots, const BuildAllOptions& options,
                                     const BuildEnvironment& environment, std::stop_token stop);

}  // namespace sealift::builder
