#include <sealift/base/digest.h>
#include <sealift/base/json_reader.h>
#include <sealift/puller/artifact_source.h>
#include <sealift/puller/delivery_run.h>
#include <sealift/puller/desired_state.h>

#include <algorithm>

#include "run_deadline.h"

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

// One run from beginning to end; its members are what the stages hand on.
class Run {
 public:
  Run(const Delivery& delivery, const RunEnvironment& environment, const Logger& log,
      std::stop_token stop)
      : delivery_(delivery),
        environment_(environment),
        log_(log),
        deadline_(environment.clock, delivery.timeout, std::move(stop)) {}

  RunOutcome execute() {
    auto done = stages();
    if (!done) fail_with(std::move(done).error());
    return std::move(outcome_);
  }

 private:
  std::stop_token stop() const { return deadline_.token(); }
  void enter(RunStage stage) {
    outcome_.stage = stage;
    log_.debug("stage", {{"stage", std::string(to_string(stage))}});
  }

  Result<> stages() {
    SEALIFT_ASSIGN(auto loaded, environment_.states.load(delivery_.id()));
    state_ = std::move(loaded.state);
    loaded_ = true;
    if (!loaded.warning.empty()) log_.warning(loaded.warning);
    SEALIFT_ASSIGN(source_, ArtifactSource::open(delivery_, environment_.configuration,
                                                 environment_.repositories, environment_.cache));
    SEALIFT_ASSIGN(target_, environment_.open_target(delivery_, log_));

    SEALIFT_ASSIGN(auto digest, resolve());
    SEALIFT_ASSIGN(auto artifact, verified(digest));
    if (!artifact) return {};
    return deliver(*artifact);
  }

  Result<Digest> resolve() {
    enter(RunStage::kResolve);
    auto digest = source_->resolve(stop());
    if (!digest) {
      // What was accepted before stays in force while the registry is away.
      if (digest.error().code() != ErrorCode::kUnavailable || !state_.accepted_digest ||
          state_.accepted_repository != delivery_.artifact.repository.name()) {
        return digest;
      }
      outcome_.registry_away = digest.error();
      log_.warning(
          "the registry is away; going on with the accepted artifact",
          {{"error", digest.error().message()}, {"digest", state_.accepted_digest->to_string()}});
      digest = *state_.accepted_digest;
    }
    outcome_.digest = *digest;
    return digest;
  }

  // Nullopt where the policy refused; the outcome says so already.
  Result<std::optional<signing::VerifiedArtifact>> verified(const Digest& digest) {
    enter(RunStage::kFetch);
    const auto repository = delivery_.artifact.repository.name();
    // Without a policy nothing is fetched at all: there is nothing that could be accepted.
    auto policy = signing::select_policy(environment_.configuration.policies, repository);
    if (!policy) return refused(policy.error(), Json());
    SEALIFT_ASSIGN(auto manifest, source_->manifest(digest, stop()));
    SEALIFT_ASSIGN(auto signatures, source_->signatures(digest, false, stop()));
    enter(RunStage::kVerify);
    SEALIFT_ASSIGN(auto before, accepted_before());
    const auto judge = [&](const signing::SignatureSet& set) {
      return signing::verify({.repository = repository,
                              .artifact = manifest,
                              .signatures = set,
                              .policy = **policy,
                              .now = environment_.clock.now(),
                              .before = before ? &*before : nullptr});
    };
    auto verdict = judge(signatures.set);
    if (std::holds_alternative<signing::Refused>(verdict) && signatures.from_cache) {
      // The policy may have changed since, and newer signatures may satisfy it.
      auto fresh = source_->signatures(digest, true, stop());
      if (!fresh) {
        return fail(std::move(fresh).error().with_context(
            std::get<signing::Refused>(verdict).error.message() +
            "; and newer signatures could not be looked for"));
      }
      signatures = *std::move(fresh);
      verdict = judge(signatures.set);
    }
    if (auto* no = std::get_if<signing::Refused>(&verdict)) {
      return refused(no->error, signing::to_json(no->evidence));
    }
    if (!signatures.from_cache) {
      SEALIFT_TRY(environment_.cache.store_signatures(digest, signatures.set));
    }
    return std::get<signing::VerifiedArtifact>(std::move(verdict));
  }

  // The newer of what the puller's disk and the target itself remember.
  Result<std::optional<signing::AcceptedBefore>> accepted_before() {
    SEALIFT_ASSIGN(auto memory, target_->recall(stop()));
    std::optional<signing::AcceptedBefore> before;
    if (state_.accepted_digest) before = {*state_.accepted_digest, state_.accepted_sequence};
    if (memory.digest && (!before || memory.sequence > before->sequence)) {
      before = {*memory.digest, memory.sequence};
    }
    return before;
  }

  Result<std::optional<signing::VerifiedArtifact>> refused(const Error& error, Json evidence) {
    outcome_.kind = Kind::kRefused;
    outcome_.stage = RunStage::kVerify;
    outcome_.error = error;
    Json decision = decision_of("refused");
    decision.set("reason", error.message());
    if (!evidence.is_null()) decision.set("evidence", std::move(evidence));
    SEALIFT_TRY(record_once(std::move(decision)));
    return std::nullopt;
  }

  Result<> deliver(const signing::VerifiedArtifact& artifact) {
    enter(RunStage::kFetch);
    SEALIFT_TRY(source_->fetch_content(artifact, stop()));
    enter(RunStage::kPlan);
    SEALIFT_ASSIGN(auto desired, read_desired_state(delivery_, artifact, environment_.cache,
                                                    [this](const objects::GroupVersionKind& gvk) {
                                                      return target_->is_namespaced(gvk, stop());
                                                    }));
    SEALIFT_ASSIGN(auto live, target_->observe(desired, stop()));
    SEALIFT_ASSIGN(auto plan, make_plan(delivery_, desired, live, state_));
    outcome_.unchanged = plan.unchanged;
    report(desired, plan);
    const bool settled = state_.applied_digest == desired.digest && state_.healthy;
    if (plan.empty() && settled) {
      outcome_.kind = Kind::kUnchanged;
      return {};
    }
    return carry_out(artifact, desired, plan);
  }

  void report(const DesiredState& desired, const Plan& plan) {
    outcome_.drifted = plan.drifted.size();
    for (const auto index : plan.drifted) {
      log_.warning("drifted, and left as the Delivery says",
                   {{"object", desired.objects[index].object.id().to_string()}});
    }
    for (const auto& id : plan.kept) {
      log_.info("no longer in the artifact, and kept as its annotation says",
                {{"object", id.to_string()}});
    }
    for (const auto& id : plan.disowned) {
      log_.warning("carries our label but no field of ours, so it is left alone",
                   {{"object", id.to_string()}});
    }
  }

  Result<> carry_out(const signing::VerifiedArtifact& artifact, const DesiredState& desired,
                     const Plan& plan) {
    // A run that only has to wait or prune what an earlier one left has decided nothing new.
    if (!plan.applies.empty() || state_.applied_digest != desired.digest) {
      enter(RunStage::kPreflight);
      SEALIFT_TRY(target_->preflight(desired, plan, stop()));
      SEALIFT_TRY(accept(artifact, desired, plan));
    }
    SEALIFT_ASSIGN(auto journal, environment_.states.open_journal(delivery_.id()));
    enter(RunStage::kApply);
    SEALIFT_TRY(target_->apply(desired, plan, state_, *journal, stop()));
    outcome_.applied = plan.applies.size();
    state_.applied_digest = desired.digest;
    state_.healthy = false;

    if (delivery_.wait) {
      enter(RunStage::kWait);
      SEALIFT_TRY(target_->wait(desired, plan, stop()));
    }
    enter(RunStage::kPrune);
    SEALIFT_TRY(target_->prune(plan, state_, *journal, stop()));
    outcome_.pruned = plan.prunes.size();
    SEALIFT_TRY(target_->finish(desired, plan, stop()));

    enter(RunStage::kRecord);
    // A delivery that could not be recorded is not done: the next run comes here again.
    SEALIFT_TRY(record(decision_of("delivered")));
    state_.healthy = true;
    forget_unwanted(desired);
    outcome_.kind = Kind::kDelivered;
    return environment_.states.save(delivery_.id(), state_);
  }

  // Says yes on record and on disk before the first write. A higher sequence counts from here on,
  // and not from the mere sight of it: what never reached the target must not bar the way back.
  Result<> accept(const signing::VerifiedArtifact& artifact, const DesiredState& desired,
                  const Plan& plan) {
    Json decision = decision_of("accepted");
    decision.set("evidence", signing::to_json(artifact.evidence()));
    if (artifact.sequence()) decision.set("sequence", *artifact.sequence());
    SEALIFT_TRY(record(std::move(decision)));
    state_.accepted_digest = desired.digest;
    state_.accepted_repository = delivery_.artifact.repository.name();
    state_.accepted_sequence = artifact.sequence().value_or(0);
    state_.applied_digest.reset();
    state_.healthy = false;
    forget_content(desired, plan);
    SEALIFT_TRY(environment_.states.save(delivery_.id(), state_));
    return target_->begin(desired, plan, {desired.digest, state_.accepted_sequence}, stop());
  }

  // What is about to be sent is unknown until the journal knows it. The journal is not synced, so
  // that a power cut may take its end; the hash of before must not be believed then, or a later way
  // back to that content would be taken for done.
  void forget_content(const DesiredState& desired, const Plan& plan) {
    for (const auto& action : plan.applies) {
      const auto known = state_.objects.find(desired.objects[action.index].object.id());
      if (known != state_.objects.end()) known->second.content_hash.clear();
    }
  }

  void forget_unwanted(const DesiredState& desired) {
    std::map<objects::ObjectId, RememberedObject> wanted;
    for (const auto& object : desired.objects) {
      auto node = state_.objects.extract(object.object.id());
      if (node) wanted.insert(std::move(node));
    }
    state_.objects = std::move(wanted);
  }

  void fail_with(Error error) {
    outcome_.kind = Kind::kFailed;
    if (error.code() == ErrorCode::kCancelled && deadline_.expired()) {
      error = Error(ErrorCode::kUnavailable, "the run did not end within spec.timeout (" +
                                                 format_duration(delivery_.timeout) +
                                                 "): " + error.message());
    }
    outcome_.error = error;
    // Somebody stopped the puller: that decides nothing about the artifact.
    if (error.code() == ErrorCode::kCancelled) return;
    Json decision = decision_of("failed");
    decision.set("stage", std::string(to_string(outcome_.stage)));
    decision.set("reason", error.message());
    auto recorded = record_once(std::move(decision));
    if (!recorded) log_.error(recorded.error().message());
  }

  Json decision_of(std::string_view event) const {
    Json decision;
    decision.set("event", event);
    decision.set("delivery", delivery_.id());
    decision.set("repository", delivery_.artifact.repository.name());
    if (outcome_.digest) decision.set("digest", outcome_.digest->to_string());
    if (event == "delivered") {
      decision.set("applied", static_cast<std::uint64_t>(outcome_.applied));
      decision.set("pruned", static_cast<std::uint64_t>(outcome_.pruned));
      decision.set("unchanged", static_cast<std::uint64_t>(outcome_.unchanged));
    }
    return decision;
  }

  Result<> record(Json decision) {
    state_.last_decision = Digest::of(dump_json(decision)).hex();
    return environment_.decisions.append(environment_.clock.now(), decision);
  }

  // The same refusal again, run after run, is one decision and costs nothing.
  Result<> record_once(Json decision) {
    if (Digest::of(dump_json(decision)).hex() == state_.last_decision) return {};
    SEALIFT_TRY(record(std::move(decision)));
    // A state that could not be read must not be replaced by an empty one.
    if (!loaded_) return {};
    return environment_.states.save(delivery_.id(), state_);
  }

  const Delivery& delivery_;
  const RunEnvironment& environment_;
  const Logger& log_;
  RunDeadline deadline_;
  RunOutcome outcome_;
  DeliveryState state_;
  bool loaded_ = false;
  std::unique_ptr<ArtifactSource> source_;
  std::unique_ptr<Target> target_;
};

}  // namespace

RunOutcome run_delivery(const Delivery& delivery, const RunEnvironment& environment,
                        const Logger& log, std::stop_token stop) {
  if (delivery.suspend) {
    RunOutcome outcome;
    outcome.kind = Kind::kSuspended;
    return outcome;
  }
  return Run(delivery, environment, log, std::move(stop)).execute();
}

}  // namespace sealift::puller
