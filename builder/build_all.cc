#include <sealift/builder/build_all.h>

#include <sealift/base/worker_pool.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace sealift::builder {
namespace {

using project::PlannedArtifact;

constexpr std::size_t kMaxToldErrors = 20;
constexpr std::uint64_t kLeastLayerMemory = 4u << 10;

Result<Built> build_one(const PlannedArtifact& artifact, SnapshotPool& snapshots,
                        const BuildAllOptions& options, const BuildEnvironment& environment,
                        const std::stop_token& stop) {
  PlannedOptions own = options.each;
  for (const auto& [name, value] : artifact.annotations) {
    own.artifact.annotations.emplace_back(name, value);
  }
  std::optional<Built> built;
  SEALIFT_TRY(snapshots.use([&](Snapshot& snapshot) -> Result<> {
    SEALIFT_ASSIGN(std::shared_ptr<SourceTree> tree, snapshot.tree(artifact.path, options.source));
    SEALIFT_ASSIGN(
        built, build_planned(std::move(tree), artifact, snapshot.prefix(), own, environment, stop));
    return {};
  }));
  return *std::move(built);
}

Error all_errors(std::vector<Error> errors, std::size_t planned) {
  if (planned == 1) return std::move(errors.front());
  std::string message = std::to_string(errors.size()) + " of " + std::to_string(planned) +
                        " artifacts cannot be built, so none was published:";
  for (std::size_t i = 0; i < std::min(errors.size(), kMaxToldErrors); ++i) {
    message += "\n" + std::string(errors[i].message());
  }
  if (errors.size() > kMaxToldErrors) {
    message += "\n…and " + std::to_string(errors.size() - kMaxToldErrors) + " more";
  }
  return Error(errors.front().code(), std::move(message));
}

}  // namespace

Result<std::vector<Built>> build_all(const std::vector<PlannedArtifact>& plan,
                                     SnapshotPool& snapshots, const BuildAllOptions& options,
                                     const BuildEnvironment& environment, std::stop_token stop) {
  BuildEnvironment shared = environment;
  shared.layer_memory_bytes =
      std::clamp<std::uint64_t>(kLayerMemoryBytes / std::max<std::size_t>(1, plan.size()),
                                kLeastLayerMemory, kLayerMemoryBytes);
  std::vector<std::optional<Result<Built>>> results(plan.size());
  SEALIFT_TRY(run_parallel(plan.size(), options.threads, std::move(stop),
                           [&](std::size_t i, const std::stop_token& token) -> Result<> {
                             results[i] = build_one(plan[i], snapshots, options, shared, token);
                             if (options.on_done) options.on_done(plan[i]);
                             const bool cancelled = !*results[i] && results[i]->error().code() ==
                                                                        ErrorCode::kCancelled;
                             if (cancelled) return fail(results[i]->error());
                             return {};
                           }));
  std::vector<Built> all;
  std::vector<Error> errors;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (*results[i]) {
      all.push_back(**std::move(results[i]));
    } else {
      errors.push_back(std::move(*results[i]).error().with_context(plan[i].name));
    }
  }
  if (!errors.empty()) return fail(all_errors(std::move(errors), plan.size()));
  return all;
}

}  // namespace sealift::builder
