#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>
#include <sealift/puller/artifact_cache.h>
#include <sealift/puller/configuration.h>
#include <sealift/puller/decision_log.h>
#include <sealift/puller/delivery_state.h>
#include <sealift/puller/run_outcome.h>
#include <sealift/puller/target.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::puller {

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
