#include <sealift/base/duration.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "run_step.h"

namespace sealift::puller {
namespace {

// A registry answers about a reference in less. One that takes the question and stays silent is
// given up by the transport after minutes, in which drift would not be corrected.
constexpr std::chrono::seconds kRegistryPatience{5};

}  // namespace

// How old what the library knows may be. A retry looks afresh, so that what was repaired meanwhile
// is seen: it begins later than that after the run that failed had asked.
std::chrono::milliseconds RunStep::good_for() const {
  const bool is_retry = memory_.has_failed || memory_.was_refused;
  return is_retry ? std::min(delivery().interval, delivery().retry_interval) : delivery().interval;
}

Result<std::optional<Digest>> RunStep::resolve() {
  enter(RunStage::kResolve);
  if (!memory_.run->access) {
    SEALIFT_ASSIGN(memory_.run->access,
                   artifacts::artifact_access(delivery(), environment_.secrets, stop()));
  }
  SEALIFT_ASSIGN(auto digest, resolve_reference());
  if (!digest) return std::nullopt;
  // Where another artifact came, this is another run by now.
  auto& run = *memory_.run;
  run.resolved = *digest;
  if (note_tag()) SEALIFT_TRY(environment_.states.save(delivery().id(), memory_.state));
  const auto& state = memory_.state;
  if (delivery().rollback_to) {
    digest = delivery().rollback_to;
    if (*digest != *run.resolved) outcome_.rolled_back_from = run.resolved;
  } else if (state.failed_digest == digest && state.last_healthy_digest &&
             delivery().on_failure == delivery::FailureAction::kRollback) {
    outcome_.rolled_back_from = digest;
    digest = state.last_healthy_digest;
  }
  outcome_.digest = digest;
  return digest;
}

Result<std::optional<Digest>> RunStep::resolve_reference() {
  auto& run = *memory_.run;
  const auto max_age = run.fresh ? std::chrono::milliseconds(0) : good_for();
  auto found = environment_.artifacts.resolve(*run.access, max_age, delivery().id());
  const auto tag = found && *found ? (*found)->tag : std::string();
  auto answer = std::move(found).map([](auto&& resolved) -> std::optional<Digest> {
    if (!resolved) return std::nullopt;
    return resolved->digest;
  });
  // It is under way now, and an answer from then on is fresh enough.
  run.fresh = false;
  if (run.resolved && (!answer || !*answer)) {
    outcome_.registry_away = run.registry_away;
    return run.resolved;
  }
  const auto& state = memory_.state;
  const auto repository = delivery().artifact.repository.name();
  const bool has_accepted = state.accepted_digest && state.accepted_repository == repository;
  if (answer && !*answer) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(run.began + kRegistryPatience -
                                                                   environment_.clock.steady_now());
    if (!has_accepted || left.count() > 0) {
      wait_for("the registry's answer about " + repository);
      if (has_accepted) outcome_.look_again_in = left;
      return std::nullopt;
    }
    answer = fail(ErrorCode::kUnavailable,
                  "the registry has not answered for " + format_duration(kRegistryPatience));
  }
  if (answer) {
    // While the run waited for one artifact to become healthy, another came.
    if (run.resolved && run.resolved != *answer) begin_anew();
    memory_.run->resolved_tag = tag;
    memory_.run->registry_away.reset();
    return answer;
  }
  if (answer.error().code() != ErrorCode::kUnavailable || !has_accepted) return answer;
  outcome_.registry_away = answer.error();
  run.registry_away = answer.error();
  log_.warning(
      "the registry is away; going on with the accepted artifact",
      {{"error", answer.error().message()}, {"digest", state.accepted_digest->to_string()}});
  return wanted_without_registry();
}

// By what the registry called the artifact in force last, it is asked for while the registry is
// away. True where that is news.
bool RunStep::note_tag() {
  auto& state = memory_.state;
  const auto& run = *memory_.run;
  if (run.registry_away || run.resolved != state.accepted_digest) return false;
  return std::exchange(state.accepted_tag, run.resolved_tag) != run.resolved_tag;
}

// What was accepted before stays in force; who went back from a failed one still wants that.
std::optional<Digest> RunStep::wanted_without_registry() const {
  const auto& state = memory_.state;
  const bool went_back = state.failed_digest &&
                         state.accepted_digest == state.last_healthy_digest &&
                         delivery().on_failure == delivery::FailureAction::kRollback;
  return went_back ? state.failed_digest : state.accepted_digest;
}

Result<std::optional<RunStep::Artifact>> RunStep::verified(const Digest& digest) {
  enter(RunStage::kVerify);
  auto& run = *memory_.run;
  if (run.verified && run.verified_under == policies_ &&
      run.verified->descriptor().digest == digest) {
    return run.verified;
  }
  // A signature may come after the artifact. What was accepted is not doubted for a failure after.
  const auto max_age = memory_.was_refused ? good_for() : delivery().interval;
  const bool is_asked_for = run.resolved == digest;
  SEALIFT_ASSIGN(auto answer, environment_.artifacts.verify(*run.access, {digest, tag_of(digest)},
                                                            policies_, max_age, delivery().id()));
  if (!answer) {
    wait_for("the manifest and signatures of " + digest.to_string());
    return std::nullopt;
  }
  const auto& judgement = (*answer)->judgement;
  if (const auto* refused = std::get_if<signing::Refused>(&judgement)) {
    SEALIFT_TRY(refuse(*refused));
    return look_after_accepted(digest);
  }
  const auto& artifact = std::get<Artifact>(judgement);
  SEALIFT_ASSIGN(auto replay, check_replay(artifact));
  if (replay) {
    SEALIFT_TRY(refuse(*replay));
    return look_after_accepted(digest);
  }
  const bool is_other = !memory_.facts || memory_.facts->digest != (*answer)->facts->digest;
  memory_.facts = (*answer)->facts;
  if (is_asked_for && !run.registry_away) {
    memory_.facts_tag = run.resolved_tag;
  } else if (is_other) {
    memory_.facts_tag = delivery().artifact.select.tag;
  }
  run.verified = artifact;
  run.verified_under = policies_;
  return artifact;
}

// By which it is asked for; nullopt where no reference means it. While the registry is away, what
// was said of the tag counts until it is too old: whoever holds updates back could be silent, too.
std::optional<std::string> RunStep::tag_of(const Digest& digest) const {
  const auto& run = *memory_.run;
  if (run.resolved != digest) return std::nullopt;
  return run.registry_away ? tag_without_registry() : run.resolved_tag;
}

// Of a range only the registry says which tag it means. Where none is on disk, or another one, as
// after the range was changed, the answer is no tag (those have no spaces), so that no statement
// fits: an empty one would let any do, that of a tag which stays for ever included.
std::string RunStep::tag_without_registry() const {
  const auto& select = delivery().artifact.select;
  if (select.semver.empty()) return select.tag;
  const auto& tag = memory_.state.accepted_tag;
  return select.has_in_range(tag) ? tag : "a version in the range " + select.semver;
}

// Before anything is applied, the target has it on record: it, or this disk, is from a backup.
bool RunStep::has_gone_back(const target::TargetMemory& recalled) const {
  const auto& state = memory_.state;
  return recalled.digest && state.applied_digest && state.applied_digest == state.accepted_digest &&
         recalled.digest != state.applied_digest;
}

// All is as if nobody knew what was sent.
void RunStep::doubt_contents() {
  memory_.settled.reset();
  auto& state = memory_.state;
  for (auto& [id, object] : state.objects) object.content_hash.clear();
  state.knows_jobs = false;
  state.applied_digest.reset();
  state.healthy = false;
}

// What lies on this disk is worth something where nobody has written to the target since who has
// another one. After another replica led, the same hash no longer means the same content: then all
// is as on an empty disk, and the target's word counts. The newest sequence alone is never lowered,
// since the target itself may come from a backup.
void RunStep::doubt_state(const target::TargetMemory& recalled) {
  auto& state = memory_.state;
  if (!recalled.is_known()) return;
  if (state.accepted_digest && recalled.writer == environment_.writer) return;
  doubt_contents();
  if (recalled.sequence >= state.accepted_sequence) {
    if (state.accepted_digest != recalled.digest) state.accepted_tag.clear();
    state.accepted_digest = recalled.digest;
    state.accepted_sequence = recalled.sequence;
    state.accepted_repository = recalled.repository;
    state.newest_digest = recalled.newest;
  }
  state.failed_digest = recalled.failed;
  // Where it went back, what is in force is what it went back to.
  const auto& healthy = recalled.newest ? recalled.digest : recalled.healthy;
  // Without wait nobody has seen it healthy.
  state.last_healthy_digest = delivery().wait ? healthy : std::nullopt;
}

// By the puller's own memory, or by the target's where that is newer or the disk is lost.
Result<target::TargetMemory> RunStep::accepted_before() {
  SEALIFT_ASSIGN(const auto* recalled, recall());
  const auto& state = memory_.state;
  if (recalled->is_known() &&
      (!state.accepted_digest || recalled->sequence > state.accepted_sequence)) {
    return *recalled;
  }
  return own_memory();
}

target::TargetMemory RunStep::own_memory() const {
  const auto& state = memory_.state;
  target::TargetMemory memory{state.accepted_digest, state.accepted_sequence,
                              state.accepted_repository, state.newest_digest, environment_.writer};
  memory.healthy = state.last_healthy_digest;
  memory.failed = state.failed_digest;
  return memory;
}

// The artifact of this repository that was accepted last.
Result<std::optional<Digest>> RunStep::in_force() {
  SEALIFT_ASSIGN(const auto before, accepted_before());
  return before.repository == delivery().artifact.repository.name() ? before.digest : std::nullopt;
}

// A refusal keeps a new artifact out. What was accepted before, and still is by the policy, is
// looked after, and finished where a fault kept it from that, as if nothing had come. That may be
// the same one: nobody says any more that it is the newest, and nothing else speaks against it.
Result<std::optional<RunStep::Artifact>> RunStep::look_after_accepted(const Digest& refused) {
  SEALIFT_ASSIGN(const auto accepted, in_force());
  if (!accepted) return std::nullopt;
  auto answer = environment_.artifacts.verify(*memory_.run->access, {*accepted, std::nullopt},
                                              policies_, delivery().interval, delivery().id());
  if (!answer) {
    // Nothing can be done for it now, and the refusal is what has to be told.
    log_.warning("the accepted artifact cannot be read",
                 {{"error", answer.error().message()}, {"digest", accepted->to_string()}});
    return std::nullopt;
  }
  memory_.run->refusal = outcome_.error;
  if (!*answer) {
    outcome_.error.reset();
    wait_for("the signatures of the accepted " + accepted->to_string());
    return std::nullopt;
  }
  const auto* artifact = std::get_if<Artifact>(&(**answer)->judgement);
  if (artifact == nullptr) return std::nullopt;
  if (*accepted == refused) {
    SEALIFT_ASSIGN(const auto replay, check_replay(*artifact));
    if (replay) return std::nullopt;
    outcome_.not_fresh = true;
  }
  // What is done from here on is done with that one.
  outcome_.digest = *accepted;
  return *artifact;
}

Result<> RunStep::refuse(const signing::Refused& refused) {
  outcome_.kind = RunOutcome::Kind::kRefused;
  outcome_.stage = RunStage::kVerify;
  outcome_.error = refused.error;
  const auto& rule = refused.evidence.broken_rule;
  outcome_.refused_rule = rule ? signing::to_string(*rule) : "policy";
  Json decision = decision_of("refused");
  decision.set("reason", refused.error.message());
  auto evidence = signing::to_json(refused.evidence);
  if (!evidence.is_null()) decision.set("evidence", std::move(evidence));
  return record_once(std::move(decision));
}

Result<const target::TargetMemory*> RunStep::recall() {
  auto& recalled = memory_.run->recalled;
  if (!recalled) {
    auto answer = memory_.target->recall(stop());
    // Whatever it is asked for, the artifact is not to blame.
    if (!answer) enter(RunStage::kPlan);
    SEALIFT_ASSIGN(recalled, std::move(answer));
    if (has_gone_back(*recalled)) doubt_contents();
    if (recalled->may_be_forged) recalled = target::weighed(own_memory(), *std::move(recalled));
    doubt_state(*recalled);
  }
  return &*recalled;
}

Result<std::optional<signing::Refused>> RunStep::check_replay(const Artifact& artifact) {
  const auto& state = memory_.state;
  const auto& digest = artifact->descriptor().digest;
  // It ran here and was healthy: to go back to it is an operator's decision, or the Delivery's own.
  if (outcome_.rolled_back_from && state.last_healthy_digest == digest) return std::nullopt;
  // All is settled with it, so the target has been asked.
  if (memory_.settled && memory_.settled->digest == digest) return std::nullopt;
  SEALIFT_ASSIGN(const auto known, accepted_before());
  const auto repository = delivery().artifact.repository.name();
  SEALIFT_ASSIGN(const auto* policy, signing::select_policy(*policies_, repository));
  if (!known.is_known()) return signing::check_rollback(*policy, *artifact, nullptr);
  const signing::AcceptedBefore before{known.newest ? *known.newest : *known.digest, known.sequence,
                                       known.newest ? known.digest : std::nullopt};
  return signing::check_rollback(*policy, *artifact, &before);
}

}  // namespace sealift::puller
