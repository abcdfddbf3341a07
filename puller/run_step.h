#pragma once

#include <sealift/base/deadline.h>
#include <sealift/puller/delivery_run.h>

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "delivery_memory.h"

namespace sealift::puller {

// One step of a run, from the top to the first thing that has to be waited for. Functions that give
// an optional have said in the outcome already why there is nothing to go on with.
class RunStep {
 public:
  RunStep(DeliveryMemory& memory, const RunEnvironment& environment,
          const Result<std::string>& blocked_by, const Logger& log, std::stop_token stop);

  RunOutcome execute();

 private:
  using Artifact = std::shared_ptr<const signing::VerifiedArtifact>;

  Result<> stages();
  void tell_applied();
  Result<> load();
  void begin_run();
  void begin_anew();
  Result<> open_target();
  Result<bool> reach();
  Result<> release();

  // run_step_trust.cc: from the reference to an artifact that the policy accepts.
  Result<std::optional<Digest>> resolve();
  Result<std::optional<Digest>> resolve_reference();
  bool note_tag();
  std::optional<Digest> wanted_without_registry() const;
  std::chrono::milliseconds good_for() const;
  std::optional<std::string> tag_of(const Digest& digest) const;
  std::string tag_without_registry() const;
  Result<std::optional<Artifact>> verified(const Digest& digest);
  bool has_gone_back(const target::TargetMemory& recalled) const;
  void doubt_contents();
  void doubt_state(const target::TargetMemory& recalled);
  Result<target::TargetMemory> accepted_before();
  target::TargetMemory own_memory() const;
  Result<std::optional<Digest>> in_force();
  Result<std::optional<Artifact>> look_after_accepted(const Digest& refused);
  Result<> refuse(const signing::Refused& refused);
  Result<const target::TargetMemory*> recall();
  Result<std::optional<signing::Refused>> check_replay(const Artifact& artifact);

  // run_step_observe.cc: what is wanted, what is there, and whether that is the same.
  Result<bool> nothing_to_do(const Digest& digest);
  Result<std::optional<target::DesiredState>> desired_state(const Artifact& artifact);
  Result<std::optional<target::Observation>> observe(const target::DesiredState& desired);
  Result<> report(const target::DesiredState& desired, const target::Plan& plan);

  // run_step_delivery.cc: from there to objects in the target.
  Result<> deliver(const Artifact& artifact);
  Result<> carry_out(const Artifact& artifact, const target::DesiredState& desired,
                     const target::Plan& plan);
  Result<> stop_between_stages(const target::DesiredState& desired, const target::Plan& plan,
                               const target::ApplyProgress& progress);
  Result<> prepare(const Artifact& artifact, const target::DesiredState& desired,
                   const target::Plan& plan);
  Result<> accept(const Artifact& artifact, const target::DesiredState& desired,
                  const target::Plan& plan);
  Result<> renew_acceptance(const target::DesiredState& desired, const target::Plan& plan);
  Result<bool> all_healthy(const std::vector<objects::ObjectId>& wanted);
  Result<> complete(const target::DesiredState& desired, const target::Plan& plan,
                    target::StateStore::Journal& journal);
  void count_applied(const target::DesiredState& desired, const target::Plan& plan);
  void forget_content(const target::DesiredState& desired, const target::Plan& plan);
  void forget_unwanted(const target::DesiredState& desired);

  // run_step_record.cc: what is written down about it.
  void end_in_time();
  void fail_with(Error error);
  bool roll_back(const Error& error);
  Json decision_of(std::string_view event) const;
  Result<> record(Json decision);
  Result<> record_once(Json decision);

  const delivery::Delivery& delivery() const { return *memory_.delivery; }
  std::stop_token stop();
  void enter(RunStage stage);
  void wait_for(std::string what);

  DeliveryMemory& memory_;
  const RunEnvironment& environment_;
  const Result<std::string>& blocked_by_;
  const Logger log_;
  const Logger& target_log_;  // without the run's trace: a target lives over many runs
  std::stop_token outer_stop_;
  std::optional<Deadline> deadline_;
  artifacts::Policies policies_;
  RunOutcome outcome_;
};

}  // namespace sealift::puller
