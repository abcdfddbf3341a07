#include "run_step.h"

#include <sealift/base/trace_id.h>

#include <algorithm>

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

// A step that begins at the end of its time still gets this long for its answers.
constexpr std::chrono::milliseconds kLeastTime{1'000};

}  // namespace

RunStep::RunStep(DeliveryMemory& memory, const RunEnvironment& environment,
                 const Result<std::string>& blocked_by, const Logger& log, std::stop_token stop)
    : memory_(memory),
      environment_(environment),
      blocked_by_(blocked_by),
      log_((begin_run(), log.with({{"trace_id", memory.run->trace_id}}))),
      target_log_(log),
      outer_stop_(std::move(stop)),
      policies_(environment.policies()) {}

RunOutcome RunStep::execute() {
  auto done = stages();
  if (!done) {
    fail_with(std::move(done).error());
  } else if (outcome_.kind == Kind::kWaiting) {
    end_in_time();
  }
  outcome_.drifted = memory_.drift.count;
  if (outcome_.kind != Kind::kWaiting) {
    tell_applied();
    memory_.has_failed = outcome_.kind == Kind::kFailed;
    memory_.was_refused = outcome_.kind == Kind::kRefused;
    memory_.run.reset();
  }
  return std::move(outcome_);
}

void RunStep::tell_applied() {
  // Nothing is told of what nobody looks at.
  if (outcome_.kind == Kind::kSuspended) return;
  outcome_.applied = std::exchange(memory_.applied, 0);
  outcome_.corrected = std::exchange(memory_.corrected, 0);
}

Result<> RunStep::stages() {
  if (delivery().suspend && !delivery().deleting) {
    outcome_.kind = Kind::kSuspended;
    return {};
  }
  SEALIFT_TRY(load());
  SEALIFT_TRY(open_target());
  if (!memory_.target) return {};
  if (delivery().deleting) return release();

  SEALIFT_ASSIGN(auto digest, resolve());
  if (!digest) return {};
  if (!memory_.settled || memory_.settled->digest != *digest) {
    SEALIFT_ASSIGN(const bool reached, reach());
    if (!reached) return {};
  }
  // What another puller left there may lead to another artifact than our own disk did.
  if (!memory_.compared) {
    SEALIFT_TRY(recall());
    memory_.compared = true;
    SEALIFT_ASSIGN(digest, resolve());
    if (!digest) return {};
  }
  SEALIFT_ASSIGN(auto artifact, verified(*digest));
  if (!artifact) return {};
  SEALIFT_TRY(deliver(*artifact));
  // What is accepted is not known in full yet, and answers come in moments.
  const bool is_about_to = outcome_.kind == Kind::kWaiting && outcome_.stage < RunStage::kPreflight;
  if (memory_.run->refusal && !is_about_to) {
    outcome_.kind = Kind::kRefused;
    outcome_.stage = RunStage::kVerify;
    outcome_.error = memory_.run->refusal;
    outcome_.digest = memory_.run->resolved;
  }
  return {};
}

Result<> RunStep::load() {
  if (memory_.loaded) return {};
  SEALIFT_ASSIGN(auto loaded, environment_.states.load(delivery().id()));
  memory_.state = std::move(loaded.state);
  memory_.loaded = true;
  if (!loaded.warning.empty()) log_.warning(loaded.warning);
  return {};
}

// Called while the members before log_ are there and the others are not.
void RunStep::begin_run() {
  if (memory_.run && !memory_.look_again) return;
  memory_.run = std::make_unique<RunUnderWay>();
  memory_.run->began = environment_.clock.steady_now();
  memory_.run->began_at = environment_.clock.now();
  memory_.run->trace_id = make_trace_id(environment_.random);
  memory_.last_began = memory_.run->began;
  memory_.last_began_at = memory_.run->began_at;
  memory_.last_trace_id = memory_.run->trace_id;
  memory_.run->fresh = std::exchange(memory_.look_again, false);
}

void RunStep::begin_anew() {
  auto access = std::move(memory_.run->access);
  memory_.run.reset();
  deadline_.reset();
  begin_run();
  memory_.run->access = std::move(access);
}

// Success without a target: it has to be waited for.
Result<> RunStep::open_target() {
  auto& run = *memory_.run;
  const bool doubted = run.fresh || memory_.has_failed;
  if (memory_.target && !std::exchange(run.target_checked, true) &&
      !memory_.target->is_current(doubted)) {
    memory_.target.reset();
  }
  if (memory_.target) return {};
  enter(RunStage::kPlan);
  SEALIFT_ASSIGN(memory_.target, environment_.open_target(delivery(), target_log_));
  if (!memory_.target) wait_for("the first answer of the target cluster");
  return {};
}

// False where the step has to wait for it.
Result<bool> RunStep::reach() {
  auto waiting_for = memory_.target->reach();
  if (waiting_for && waiting_for->empty()) return true;
  enter(RunStage::kPlan);
  if (!waiting_for) return fail(std::move(waiting_for).error());
  wait_for(*std::move(waiting_for));
  return false;
}

Result<> RunStep::release() {
  enter(RunStage::kPrune);
  SEALIFT_ASSIGN(const bool reached, reach());
  if (!reached) return {};
  SEALIFT_ASSIGN(const auto* recalled, recall());
  // What was never accepted has brought nothing; but the acceptance may have been lost alone.
  if (recalled->is_known() || recalled->has_places || !memory_.state.objects.empty()) {
    SEALIFT_ASSIGN(auto waiting_for,
                   memory_.target->release(delivery().deletion_policy, memory_.state,
                                           memory_.released, stop()));
    if (!waiting_for.empty()) {
      wait_for(std::move(waiting_for));
      return {};
    }
  }
  SEALIFT_TRY(record(decision_of("removed")));
  // What was accepted stays known: a Delivery that comes back under this name must not be a way to
  // play back an older artifact.
  memory_.state.objects.clear();
  memory_.state.applied_digest.reset();
  memory_.state.healthy = false;
  // Nor does it go back to what it never had.
  memory_.state.last_healthy_digest.reset();
  memory_.state.failed_digest.reset();
  outcome_.kind = Kind::kRemoved;
  const auto released = std::exchange(memory_.released, {});
  outcome_.pruned = released.deleted;
  outcome_.let_go = released.let_go;
  return environment_.states.save(delivery().id(), memory_.state);
}

std::stop_token RunStep::stop() {
  if (!deadline_) {
    const auto end = std::max<SteadyTime>(memory_.run->began + delivery().timeout,
                                          environment_.clock.steady_now() + kLeastTime);
    deadline_.emplace(environment_.deadlines, end, outer_stop_);
  }
  return deadline_->token();
}

void RunStep::enter(RunStage stage) {
  outcome_.stage = stage;
  log_.debug("stage", {{"stage", std::string(to_string(stage))}});
}

void RunStep::wait_for(std::string what) {
  outcome_.kind = Kind::kWaiting;
  outcome_.waiting_for = std::move(what);
}

}  // namespace sealift::puller
