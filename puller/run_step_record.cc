#include <sealift/base/digest.h>
#include <sealift/base/duration.h>

#include "run_step.h"

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

// What the objects themselves are to blame for, as opposed to a server that is away.
bool blames_the_artifact(RunStage stage, ErrorCode code) {
  const bool late = stage == RunStage::kApply || stage == RunStage::kWait;
  return late && code != ErrorCode::kCancelled && code != ErrorCode::kIo &&
         code != ErrorCode::kUnauthenticated &&
         (stage == RunStage::kWait || code != ErrorCode::kUnavailable);
}

}  // namespace

void RunStep::end_in_time() {
  if (environment_.clock.steady_now() < memory_.run->began + delivery().timeout) return;
  const auto waited_for = std::exchange(outcome_.waiting_for, {});
  // Between stages too it is objects that are waited for.
  if (outcome_.stage == RunStage::kApply) outcome_.stage = RunStage::kWait;
  fail_with(Error(ErrorCode::kUnavailable, "the run did not end within spec.timeout (" +
                                               format_duration(delivery().timeout) +
                                               "): still waiting for " + waited_for));
}

void RunStep::fail_with(Error error) {
  outcome_.kind = Kind::kFailed;
  if (error.code() == ErrorCode::kCancelled && deadline_ && deadline_->expired()) {
    error = Error(ErrorCode::kUnavailable, "the run did not end within spec.timeout (" +
                                               format_duration(delivery().timeout) +
                                               "): " + error.message());
  }
  outcome_.error = error;
  memory_.settled.reset();
  // Somebody stopped the puller: that decides nothing about the artifact.
  if (error.code() == ErrorCode::kCancelled) return;
  Json decision = decision_of("failed");
  decision.set("stage", std::string(to_string(outcome_.stage)));
  decision.set("reason", error.message());
  if (roll_back(error)) {
    decision.set("rollback", memory_.state.last_healthy_digest->to_string());
  }
  auto recorded = record_once(std::move(decision));
  if (!recorded) log_.error(recorded.error().message());
}

// Whether the next step puts the last healthy artifact back.
bool RunStep::roll_back(const Error& error) {
  auto& state = memory_.state;
  if (delivery().on_failure != delivery::FailureAction::kRollback || !memory_.loaded ||
      !outcome_.digest || memory_.run->refusal || !state.last_healthy_digest ||
      *state.last_healthy_digest == *outcome_.digest || outcome_.rolled_back_from ||
      delivery().rollback_to || state.accepted_digest != outcome_.digest ||
      !blames_the_artifact(outcome_.stage, error.code())) {
    return false;
  }
  state.failed_digest = outcome_.digest;
  state.healthy = false;
  outcome_.error = Error(error.code(), error.message() + "; the last healthy artifact " +
                                           state.last_healthy_digest->to_string() +
                                           " is put back until the reference names another one");
  outcome_.go_on = true;
  return true;
}

Json RunStep::decision_of(std::string_view event) const {
  Json decision;
  decision.set("event", event);
  decision.set("delivery", delivery().id());
  decision.set("repository", delivery().artifact.repository.name());
  if (outcome_.digest) decision.set("digest", outcome_.digest->to_string());
  if (outcome_.rolled_back_from) {
    decision.set("rolledBackFrom", outcome_.rolled_back_from->to_string());
  }
  if (event == "delivered") {
    decision.set("applied", static_cast<std::uint64_t>(outcome_.applied));
    decision.set("pruned", static_cast<std::uint64_t>(outcome_.pruned));
    decision.set("unchanged", static_cast<std::uint64_t>(outcome_.unchanged));
  }
  return decision;
}

Result<> RunStep::record(Json decision) {
  memory_.state.last_decision = Digest::of(dump_json(decision)).hex();
  return environment_.decisions.append(environment_.clock.now(), decision);
}

// The same refusal again, run after run, is one decision and costs nothing.
Result<> RunStep::record_once(Json decision) {
  if (Digest::of(dump_json(decision)).hex() == memory_.state.last_decision) return {};
  SEALIFT_TRY(record(std::move(decision)));
  // A state that could not be read must not be replaced by an empty one.
  if (!memory_.loaded) return {};
  return environment_.states.save(delivery().id(), memory_.state);
}

}  // namespace sealift::puller
