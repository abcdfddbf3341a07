#pragma once

#include <sealift/base/result.h>
#include <sealift/builder/snapshot_pool.h>
#include <sealift/project/plan.h>

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

namespace sealift::builder {

// Why an artifact is to be built.
enum class Reason {
  kAsked,         // nobody asked for changes alone
  kNew,           // the earlier plan has no artifact of this name
  kEntryChanged,  // the earlier plan has another path, destination, tag or annotation
  kInputsChanged  // what rendering may read is not what it was
};
// "its inputs changed": behind the artifact's name.
std::string_view to_string(Reason reason);

struct SelectedArtifact {
  project::PlannedArtifact artifact;
  Reason reason = Reason::kAsked;
};

struct Selection {
  std::vector<SelectedArtifact> selected;
  std::vector<project::PlannedArtifact> unchanged;
};

// All of a plan.
Selection select_all(std::vector<project::PlannedArtifact> plan);

// An earlier commit, and its plan with the facts of now, so that a template of the commit's name
// alone is no change. Without a plan all artifacts are new.
struct Earlier {
  SnapshotPool& snapshots;
  std::optional<std::vector<project::PlannedArtifact>> plan;
};

// Those whose entry or inputs (see digest_inputs()) differ from the earlier commit's; what can't be
// read there has changed. On `threads` threads. kInvalidInput for a work tree; errors of reading
// `now` otherwise.
Result<Selection> select_changed(std::vector<project::PlannedArtifact> plan, SnapshotPool& now,
                                 Earlier earlier, std::size_t threads, std::stop_token stop);

}  // namespace sealift::builder
