#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>
#include <sealift/puller/artifact_cache.h>
#include <sealift/puller/configuration.h>
#include <sealift/puller/decision_log.h>
#include <sealift/puller/delivery_state.h>
#include <sealift/puller/target.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::puller {

// Where a run is, in the order of the way; failures name it.
enum class RunStage {
  kResolve,
  kFetch,
  kVerify,
  kPlan,
  kPreflight,
  kApply,
  kWait,
  kPrune,
  kRecord,
};
std::string_view to_string(RunStage stage);  // "resolve", …

// What one run of one Delivery came to.
struct RunOutcome {
  enum class Kind {
    kDelivered,  // something was changed, and all is as wanted
    kUnchanged,  // nothing had to be done
    kRefused,    // the policy or the replay check said no; the target is untouched
    kFailed,     // see `error` and `stage`; the next run continues
    kSuspended,  // the Delivery says so
    kWaiting,    // it goes on when what it waits for has come: see `waiting_for` and `stage`
    kRemoved,    // the Delivery was deleted, and its objects have gone or were let go
  };
  Kind kind = Kind::kFailed;
  RunStage stage = RunStage::kResolve;
  std::optional<Error> error;
  std::string waiting_for;  // for people: "Deployment.apps shop/web is InProgress (…)"
  std::optional<Digest> digest;
  // The registry could not be asked, and the run went on with what was accepted before.
  std::optional<Error> registry_away;
  std::size_t applied = 0;
  std::size_t pruned = 0;
  std::size_t unchanged = 0;
  std::size_t drifted = 0;  // and left, because the Delivery says detect
};
std::string_view to_string(RunOutcome::Kind kind);

// What all runs of a puller share. References must outlive the runs.
struct RunEnvironment {
  const Configuration& configuration;
  const oci::RepositoryEnvironment& repositories;
  ArtifactCache& cache;
  StateStore& states;
  DecisionLog& decisions;
  Clock& clock;
  std::function<Result<std::unique_ptr<Target>>(const Delivery&, const Logger&)> open_target;
};

// Takes one Delivery along the whole way: resolve, fetch, verify, plan, preflight, apply, wait,
// prune, record. Each decision is recorded before it is acted on. Stops at the Delivery's timeout
// or when asked; whatever moment it ends at, the next run finishes the work. Runs of one Delivery
// must not overlap.
RunOutcome run_delivery(const Delivery& delivery, const RunEnvironment& environment,
                        const Logger& log, std::stop_token stop);

}  // namespace sealift::puller
