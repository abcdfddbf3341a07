#include <sealift/builder/select_changed.h>

#include <sealift/base/worker_pool.h>
#include <sealift/builder/inputs.h>

#include <map>
#include <utility>

namespace sealift::builder {
namespace {

using project::PlannedArtifact;

Result<Digest> inputs_at(SnapshotPool& snapshots, const PlannedArtifact& artifact) {
  std::optional<Digest> digest;
  SEALIFT_TRY(snapshots.use([&](Snapshot& snapshot) -> Result<> {
    SEALIFT_ASSIGN(const auto tree, snapshot.tree(artifact.path, {}));
    SEALIFT_ASSIGN(digest, digest_inputs(*tree, artifact, snapshot.prefix()));
    return {};
  }));
  return *digest;
}

// Nothing where it has not changed.
Result<std::optional<Reason>> reason_of(const PlannedArtifact& artifact,
                                        const PlannedArtifact* before, SnapshotPool& now,
                                        SnapshotPool& earlier) {
  if (before == nullptr) return Reason::kNew;
  if (artifact != *before) return Reason::kEntryChanged;
  SEALIFT_ASSIGN_CONTEXT(const auto inputs, inputs_at(now, artifact), artifact.name);
  const auto inputs_before = inputs_at(earlier, artifact);
  if (!inputs_before || *inputs_before != inputs) return Reason::kInputsChanged;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::kAsked:
      return "all were asked for";
    case Reason::kNew:
      return "it is new";
    case Reason::kEntryChanged:
      return "its entry changed";
    case Reason::kInputsChanged:
      break;
  }
  return "its inputs changed";
}

Selection select_all(std::vector<PlannedArtifact> plan) {
  Selection selection;
  for (auto& artifact : plan) selection.selected.push_back({std::move(artifact), Reason::kAsked});
  return selection;
}

Result<Selection> select_changed(std::vector<PlannedArtifact> plan, SnapshotPool& now,
                                 Earlier earlier, std::size_t threads, std::stop_token stop) {
  if (now.is_worktree()) {
    return fail(ErrorCode::kInvalidInput,
                "what changed since a commit is known of commits, not of a work tree");
  }
  std::map<std::string_view, const PlannedArtifact*> before;
  if (earlier.plan) {
    for (const auto& artifact : *earlier.plan) before.emplace(artifact.name, &artifact);
  }
  std::vector<std::optional<Reason>> reasons(plan.size());
  SEALIFT_TRY(run_parallel(
      plan.size(), threads, std::move(stop), [&](std::size_t i, std::stop_token) -> Result<> {
        const auto known = before.find(plan[i].name);
        SEALIFT_ASSIGN(reasons[i],
                       reason_of(plan[i], known == before.end() ? nullptr : known->second, now,
                                 earlier.snapshots));
        return {};
      }));
  Selection selection;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (reasons[i]) {
      selection.selected.push_back({std::move(plan[i]), *reasons[i]});
    } else {
      selection.unchanged.push_back(std::move(plan[i]));
    }
  }
  return selection;
}

}  // namespace sealift::builder
