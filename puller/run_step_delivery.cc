#include <sealift/signing/evidence.h>

#include <algorithm>

#include "run_step.h"

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

// A way back keeps the mark of the newest, then and whenever it is written again: it opens no door
// for a replay.
target::Acceptance mark_of(const Digest& digest, std::int64_t sequence,
                           const target::TargetMemory& before, bool is_way_back) {
  target::Acceptance mark{digest, sequence};
  if (!before.is_known() || before.sequence < sequence) return mark;
  if (!is_way_back && before.digest != digest) return mark;
  mark.sequence = before.sequence;
  mark.newest = before.newest ? before.newest : before.digest;
  if (mark.newest == digest) mark.newest.reset();
  return mark;
}

// Those whose health is the Delivery's.
std::vector<objects::ObjectId> wanted_ids(const target::DesiredState& desired,
                                          const target::Plan& plan,
                                          const target::DeliveryState& state) {
  std::vector<objects::ObjectId> ids;
  for (std::size_t i = 0; i < desired.objects.size(); ++i) {
    auto id = desired.objects[i].object.id();
    const auto known = state.objects.find(id);
    const bool is_others = known != state.objects.end() && known->second.is_others();
    if (!is_others && !plan.left.contains(i)) ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace

Result<> RunStep::deliver(const Artifact& artifact) {
  SEALIFT_ASSIGN(const bool done, nothing_to_do(artifact->descriptor().digest));
  if (done) return {};
  SEALIFT_ASSIGN(const bool reached, reach());
  if (!reached) return {};
  SEALIFT_ASSIGN(auto desired, desired_state(artifact));
  if (!desired) return {};
  SEALIFT_ASSIGN(auto seen, observe(*desired));
  if (!seen) return {};
  const auto& observation = *seen;
  SEALIFT_ASSIGN(auto plan, target::make_plan(delivery(), *desired, observation.objects,
                                              memory_.state, observation.parent));
  SEALIFT_TRY(report(*desired, plan));
  const bool learned = target::remember_jobs(*desired, plan, observation.objects, memory_.state);
  const bool settled = memory_.state.applied_digest == desired->digest && memory_.state.healthy;
  if (!plan.empty() || !settled) return carry_out(artifact, *desired, plan);
  SEALIFT_TRY(renew_acceptance(*desired, plan));
  SEALIFT_ASSIGN(const bool healthy, all_healthy(wanted_ids(*desired, plan, memory_.state)));
  if (!healthy) return {};
  memory_.settled = {desired->digest, policies_};
  outcome_.kind = Kind::kUnchanged;
  if (!learned) return {};
  return environment_.states.save(delivery().id(), memory_.state);
}

Result<> RunStep::carry_out(const Artifact& artifact, const target::DesiredState& desired,
                            const target::Plan& plan) {
  auto& state = memory_.state;
  const bool is_new = state.applied_digest != desired.digest;
  memory_.settled.reset();
  // What is only looked after had its dependencies when it was accepted.
  if (is_new && !memory_.run->refusal) {
    SEALIFT_ASSIGN(const auto& blocked_by, blocked_by_);
    if (!blocked_by.empty()) {
      wait_for(blocked_by);
      outcome_.waits_for_dependency = true;
      return {};
    }
  }
  // A run that only has to wait or prune what an earlier one left has decided nothing new.
  if (!plan.applies.empty() || (is_new && !memory_.run->accepted)) {
    SEALIFT_TRY(prepare(artifact, desired, plan));
  } else {
    SEALIFT_TRY(renew_acceptance(desired, plan));
  }
  SEALIFT_ASSIGN(auto journal, environment_.states.open_journal(delivery().id()));
  enter(RunStage::kApply);
  auto progress = memory_.target->apply(desired, plan, memory_.run->asked, state, *journal, stop());
  count_applied(desired, plan);
  if (!progress) return fail(std::move(progress).error());
  if (!progress->waiting_for.empty()) return stop_between_stages(desired, plan, *progress);
  state.applied_digest = desired.digest;
  state.healthy = false;
  SEALIFT_ASSIGN(const bool healthy, all_healthy(wanted_ids(desired, plan, state)));
  if (!healthy) return {};
  return complete(desired, plan, *journal);
}

Result<> RunStep::stop_between_stages(const target::DesiredState& desired, const target::Plan& plan,
                                      const target::ApplyProgress& progress) {
  auto sent = wanted_ids(desired, plan, memory_.state);
  std::erase_if(sent, [&](const auto& id) {
    const auto known = memory_.state.objects.find(id);
    return known == memory_.state.objects.end() || known->second.content_hash.empty();
  });
  SEALIFT_ASSIGN(memory_.health, memory_.target->health(sent));
  if (progress.has_failed) {
    enter(RunStage::kWait);
    return fail(ErrorCode::kInvalidInput,
                "what was applied has failed, before the next stage: " + progress.waiting_for);
  }
  wait_for(progress.waiting_for);
  return {};
}

// A run may write in several steps.
void RunStep::count_applied(const target::DesiredState& desired, const target::Plan& plan) {
  for (const auto& action : plan.applies) {
    const auto& wanted = desired.objects[action.index];
    const auto sent = memory_.state.objects.find(wanted.object.id());
    if (sent == memory_.state.objects.end() || sent->second.content_hash != wanted.content_hash) {
      continue;
    }
    ++memory_.applied;
    if (action.why == target::ApplyAction::Why::kDrift) ++memory_.corrected;
  }
}

Result<> RunStep::prepare(const Artifact& artifact, const target::DesiredState& desired,
                          const target::Plan& plan) {
  enter(RunStage::kPreflight);
  SEALIFT_TRY(memory_.target->preflight(desired, plan, memory_.run->asked, stop()));
  if (!memory_.run->accepted) SEALIFT_TRY(accept(artifact, desired, plan));
  forget_content(desired, plan);
  return {};
}

// Says yes on record and on disk before the first write. A higher sequence counts from here on,
// and not from the mere sight of it: what never reached the target must not bar the way back.
Result<> RunStep::accept(const Artifact& artifact, const target::DesiredState& desired,
                         const target::Plan& plan) {
  auto& state = memory_.state;
  Json decision = decision_of("accepted");
  decision.set("evidence", signing::to_json(artifact->evidence()));
  if (artifact->sequence()) decision.set("sequence", *artifact->sequence());
  SEALIFT_TRY(record(std::move(decision)));
  const auto sequence = artifact->sequence().value_or(0);
  SEALIFT_ASSIGN(const auto before, accepted_before());
  auto mark = mark_of(desired.digest, sequence, before, outcome_.rolled_back_from.has_value());
  mark.writer = environment_.writer;
  if (state.accepted_digest != desired.digest) state.accepted_tag.clear();
  state.newest_digest = mark.newest;
  state.accepted_digest = desired.digest;
  state.accepted_repository = delivery().artifact.repository.name();
  state.accepted_sequence = mark.sequence;
  note_tag();
  state.applied_digest.reset();
  state.healthy = false;
  forget_content(desired, plan);
  SEALIFT_TRY(environment_.states.save(delivery().id(), state));
  SEALIFT_TRY(memory_.target->begin(desired, plan, mark, stop()));
  memory_.run->accepted = true;
  return {};
}

// Anybody who may write the Delivery can take off the finalizer and where its objects are, and
// nothing would remove them with it then. What decides nothing new only puts that back.
Result<> RunStep::renew_acceptance(const target::DesiredState& desired, const target::Plan& plan) {
  SEALIFT_ASSIGN(const auto known, accepted_before());
  if (known.digest != desired.digest) return {};
  const target::Acceptance mark{desired.digest, known.sequence, known.newest, environment_.writer};
  return memory_.target->renew(desired, plan, mark, stop());
}

// What is about to be sent is unknown until the journal knows it. The journal is not synced, so
// that a power cut may take its end; the hash of before must not be believed then, or a later way
// back to that content would be taken for done.
void RunStep::forget_content(const target::DesiredState& desired, const target::Plan& plan) {
  for (const auto& action : plan.applies) {
    const auto known = memory_.state.objects.find(desired.objects[action.index].object.id());
    if (known != memory_.state.objects.end()) known->second.content_hash.clear();
  }
}

Result<bool> RunStep::all_healthy(const std::vector<objects::ObjectId>& wanted) {
  // A target that cannot be asked says nothing about the objects.
  SEALIFT_ASSIGN(memory_.health, memory_.target->health(wanted));
  enter(RunStage::kWait);
  const auto& health = memory_.health;
  if (!delivery().wait || health.all_current()) return true;
  if (health.failed_count > 0) {
    return fail(ErrorCode::kInvalidInput, "what was applied has failed: " + health.describe());
  }
  wait_for(health.describe());
  return false;
}

Result<> RunStep::complete(const target::DesiredState& desired, const target::Plan& plan,
                           target::StateStore::Journal& journal) {
  auto& state = memory_.state;
  enter(RunStage::kPrune);
  // On disk before the first of them goes, or it would run again.
  for (const auto& action : plan.cleanups) {
    auto& remembered = state.objects[action.id];
    remembered.completed = true;
    SEALIFT_TRY(journal.remember(action.id, remembered));
  }
  SEALIFT_ASSIGN(auto progress, memory_.target->prune(desired, plan, state, journal, stop()));
  if (!progress.waiting_for.empty()) {
    wait_for(std::move(progress.waiting_for));
    return {};
  }
  outcome_.pruned = progress.pruned;
  outcome_.applied = memory_.applied;
  outcome_.unchanged = desired.objects.size() - std::min(outcome_.applied, desired.objects.size());
  SEALIFT_TRY(memory_.target->finish(desired, plan, stop()));

  enter(RunStage::kRecord);
  // A delivery that could not be recorded is not done: the next run comes here again.
  SEALIFT_TRY(record(decision_of("delivered")));
  state.healthy = true;
  state.knows_jobs = true;
  // Without wait nobody has seen it healthy.
  if (!outcome_.rolled_back_from && delivery().wait) {
    state.last_healthy_digest = desired.digest;
    state.failed_digest.reset();
  }
  forget_unwanted(desired);
  outcome_.kind = Kind::kDelivered;
  SEALIFT_TRY(environment_.states.save(delivery().id(), state));
  memory_.settled = {desired.digest, policies_};
  return {};
}

void RunStep::forget_unwanted(const target::DesiredState& desired) {
  std::map<objects::ObjectId, target::RememberedObject> wanted;
  for (const auto& object : desired.objects) {
    auto node = memory_.state.objects.extract(object.object.id());
    if (node) wanted.insert(std::move(node));
  }
  memory_.state.objects = std::move(wanted);
}

}  // namespace sealift::puller
