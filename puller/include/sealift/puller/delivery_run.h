#pragma once

#include <sealift/artifacts/artifact_library.h>
#include <sealift/base/clock.h>
#include <sealift/base/deadline.h>
#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/delivery/secret_source.h>
#include <sealift/puller/decision_log.h>
#include <sealift/puller/delivery_report.h>
#include <sealift/puller/run_outcome.h>
#include <sealift/target/delivery_state.h>
#include <sealift/target/target.h>

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::puller {

struct DeliveryMemory;

// What all runs of a puller share. References must outlive the runs.
struct RunEnvironment {
  artifacts::ArtifactLibrary& artifacts;
  delivery::SecretSource& secrets;
  target::StateStore& states;
  DecisionLog& decisions;
  Clock& clock;
  DeadlineTimer& deadlines;  // by that clock
  Random& random;
  // The policies in force; the same pointer for as long as they stay the same.
  std::function<artifacts::Policies()> policies;
  // The Delivery outlives the target. Null while it is not known yet whether the place can be
  // reached: whoever asked is woken.
  std::function<Result<std::unique_ptr<target::Target>>(const delivery::Delivery&, const Logger&)>
      open_target;
  // StateStore::identity(): a target that names another one has been written to by somebody who
  // does not share our disk.
  std::string writer{};
};

// The accepted artifact, and the last healthy one.
std::vector<Digest> wanted_digests_of(const target::DeliveryState& state);

// One Delivery over all its runs: what is remembered of it, and the run that is under way.
//
// A run goes along the whole way (resolve, fetch, verify, plan, preflight, apply, wait, prune,
// record) in steps. A step goes as far as it can; where it has to wait for a registry, for watches
// or for objects to become healthy, it ends as kWaiting and holds no thread meanwhile. The next
// step starts from the top, which costs little, since what was done is known; so it does not matter
// why or how often a Delivery is stepped. Each decision is recorded before it is acted on. Whatever
// moment a run ends at, the next one finishes the work.
//
// Used by one thread at a time.
class DeliveryRun {
 public:
  explicit DeliveryRun(std::shared_ptr<const delivery::Delivery> delivery);
  ~DeliveryRun();

  const delivery::Delivery& delivery() const;
  // Another spec of the same Delivery: a run under way begins anew.
  void replace(std::shared_ptr<const delivery::Delivery> delivery);
  // The next step begins a new run that trusts no answer of a registry from before.
  void look_again();

  // `blocked_by` says what this Delivery depends on and is not ready, or why it can never be: that
  // keeps another artifact from being delivered, and what is there is still looked after. Empty:
  // nothing.
  RunOutcome step(const RunEnvironment& environment, const Result<std::string>& blocked_by,
                  const Logger& log, std::stop_token stop);

  // Of the last step.
  DeliveryReport report(const RunOutcome& outcome, Clock& clock) const;
  // When the run under way has taken its spec.timeout; nullopt between runs.
  std::optional<SteadyTime> deadline() const;
  // What a target announces changes by; empty before the first step and for directories.
  std::string applyset_id() const;
  std::size_t object_count() const;
  // What the cache has to keep for this Delivery; nullopt before its state was read.
  std::optional<std::vector<Digest>> wanted_digests() const;

 private:
  std::unique_ptr<DeliveryMemory> memory_;
};

}  // namespace sealift::puller
