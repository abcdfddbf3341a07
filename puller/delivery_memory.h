#pragma once

#include <sealift/delivery/variables.h>
#include <sealift/puller/delivery_run.h>

#include <memory>
#include <optional>
#include <string>

namespace sealift::puller {

// A run from its first step to its last.
struct RunUnderWay {
  SteadyTime began;
  Timestamp began_at;
  std::string trace_id;
  std::optional<artifacts::ArtifactAccess> access;
  std::optional<Digest> resolved;
  std::string resolved_tag;  // by which it was found; empty where that is not known
  std::optional<Error> registry_away;
  std::optional<target::TargetMemory> recalled;
  // Judged in this run: what it waits for afterwards takes no new look at it.
  std::shared_ptr<const signing::VerifiedArtifact> verified;
  artifacts::Policies verified_under;
  std::optional<delivery::Variables> variables;
  bool target_checked = false;
  bool fresh = false;  // the first question about the reference takes no earlier answer
  std::optional<SteadyTime> blind_since;  // the target could not be looked at
  bool accepted = false;                  // on record, on disk and in the target
  // The policy refused what the reference names now, and what was accepted before is looked after.
  std::optional<Error> refusal;
  target::AskedObjects asked;
};

// What the last complete comparison found all well with: while these are the same, a look at what
// is live is enough.
struct Settled {
  Digest digest;
  artifacts::Policies policies;
};

// What somebody changed or deleted, and what is left so and reported, by the last comparison.
// Nobody waits for its health.
struct Drift {
  std::size_t count = 0;
  std::vector<objects::ObjectId> named;  // the first of them
  members::MemberHealth health;
};

// Everything that a DeliveryRun keeps.
struct DeliveryMemory {
  std::shared_ptr<const delivery::Delivery> delivery;
  target::DeliveryState state;
  bool loaded = false;
  bool compared = false;  // with what the target remembers
  std::unique_ptr<target::Target> target;
  std::unique_ptr<RunUnderWay> run;  // null between runs, which is nearly always
  std::optional<Settled> settled;
  bool look_again = false;
  bool has_failed = false;   // the last run
  bool was_refused = false;  // the last run
  // Sent since the last outcome that said so: a run that was thrown away told nobody.
  std::size_t applied = 0;
  std::size_t corrected = 0;
  // Since it is being deleted, however many runs that takes.
  target::Released released;
  // For reports.
  std::shared_ptr<const artifacts::ArtifactFacts> facts;
  std::string facts_tag;
  members::MemberHealth health;
  Drift drift;
  SteadyTime last_began{};
  Timestamp last_began_at{};
  std::string last_trace_id;
};

}  // namespace sealift::puller
