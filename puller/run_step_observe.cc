#include <algorithm>
#include <chrono>

#include "run_step.h"

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

constexpr std::chrono::seconds kLongestBlindness{10};
constexpr std::chrono::milliseconds kBetweenLooks{500};

bool is_as_remembered(const target::DeliveryState& state, const target::LiveObjects& live,
                      bool prune) {
  std::size_t members = 0;
  for (const auto& [id, remembered] : state.objects) {
    if (remembered.is_others()) continue;
    ++members;
    const auto found = live.find(id);
    if (found == live.end() || remembered.content_hash.empty() ||
        target::since_sent(remembered, found->second) != target::SinceSent::kSame) {
      return false;
    }
  }
  if (!prune || live.size() == members) return true;
  for (const auto& [id, object] : live) {
    if (!state.objects.contains(id) && !object.deleting && !object.keep &&
        !object.own_fields_hash.empty()) {
      return false;
    }
  }
  return true;
}

}  // namespace

// The quick way at rest: nothing is parsed, and nobody is asked.
Result<bool> RunStep::nothing_to_do(const Digest& digest) {
  const auto& state = memory_.state;
  if (!memory_.settled || memory_.settled->digest != digest ||
      memory_.settled->policies != policies_ || !delivery().substitute_from.empty() ||
      !state.healthy || state.applied_digest != digest || !memory_.target->is_intact()) {
    return false;
  }
  auto observation = memory_.target->observe(nullptr, stop());
  if (!observation || !observation->waiting_for.empty()) return false;
  if (!is_as_remembered(state, observation->objects, delivery().prune)) return false;
  std::vector<objects::ObjectId> wanted;
  for (const auto& [id, remembered] : state.objects) {
    if (!remembered.is_others()) wanted.push_back(id);
  }
  outcome_.unchanged = state.objects.size();
  memory_.drift = {};
  SEALIFT_ASSIGN(const bool healthy, all_healthy(wanted));
  if (healthy) outcome_.kind = Kind::kUnchanged;
  return true;
}

Result<std::optional<target::DesiredState>> RunStep::desired_state(const Artifact& artifact) {
  enter(RunStage::kFetch);
  auto parsed = environment_.artifacts.objects(*memory_.run->access, artifact, delivery().path,
                                               delivery().id());
  // It was fetched, and cannot be read.
  if (!parsed && parsed.error().code() == ErrorCode::kInvalidInput) enter(RunStage::kPlan);
  if (!parsed) return fail(std::move(parsed).error());
  if (!*parsed) {
    wait_for("the content of " + artifact->descriptor().digest.to_string());
    return std::nullopt;
  }
  enter(RunStage::kPlan);
  auto& run = *memory_.run;
  if (!run.variables) {
    SEALIFT_ASSIGN(run.variables,
                   delivery::read_variables(delivery(), environment_.secrets, stop()));
  }
  SEALIFT_ASSIGN(auto desired, target::desired_state_of(
                                   delivery(), artifact->descriptor().digest, (**parsed)->objects,
                                   *run.variables, [this](const objects::GroupVersionKind& gvk) {
                                     return memory_.target->is_namespaced(gvk, stop());
                                   }));
  return desired;
}

// A server that is away for a moment (one that starts, a definition that is new) is waited for; one
// that stays away is an error.
Result<std::optional<target::Observation>> RunStep::observe(const target::DesiredState& desired) {
  // Where else there may be members is known to the target alone; what is not seen is not pruned.
  SEALIFT_TRY(recall());
  auto observation = memory_.target->observe(&desired, stop());
  auto& blind_since = memory_.run->blind_since;
  if (!observation) {
    const auto now = environment_.clock.steady_now();
    if (!blind_since) blind_since = now;
    if (observation.error().code() != ErrorCode::kUnavailable ||
        now >= *blind_since + kLongestBlindness) {
      return fail(std::move(observation).error());
    }
    wait_for(observation.error().message());
    outcome_.look_again_in = kBetweenLooks;
    return std::nullopt;
  }
  blind_since.reset();
  if (!observation->waiting_for.empty()) {
    wait_for(std::move(observation->waiting_for));
    return std::nullopt;
  }
  return std::optional<target::Observation>(*std::move(observation));
}

Result<> RunStep::report(const target::DesiredState& desired, const target::Plan& plan) {
  for (const auto& name : desired.undefined_variables) {
    log_.warning("a variable has no value and no default; it became empty", {{"variable", name}});
  }
  outcome_.unchanged = plan.unchanged;
  std::vector<objects::ObjectId> drifted;
  for (const auto index : plan.drifted) {
    drifted.push_back(desired.objects[index].object.id());
    log_.warning("drifted, and left as the Delivery says",
                 {{"object", drifted.back().to_string()}});
  }
  auto& drift = memory_.drift;
  drift = {};
  if (!drifted.empty()) {
    SEALIFT_ASSIGN(drift.health, memory_.target->health(drifted));
  }
  drift.count = drifted.size();
  drifted.resize(std::min(drifted.size(), members::MemberHealth::kMaxNamed));
  drift.named = std::move(drifted);
  for (const auto& [id, reason] : plan.spared) {
    log_.warning("no longer in the artifact, and cannot go yet",
                 {{"object", id.to_string()}, {"reason", reason}});
  }
  for (const auto& id : plan.kept) {
    log_.info("no longer in the artifact, and kept as its annotation says",
              {{"object", id.to_string()}});
  }
  for (const auto& id : plan.disowned) {
    log_.warning("carries our label but no field of ours, so it is left alone",
                 {{"object", id.to_string()}});
  }
  return {};
}

}  // namespace sealift::puller
