#include <sealift/target/plan.h>

#include <algorithm>
#include <optional>
#include <set>

#include "prune_plan.h"

namespace sealift::target {
namespace {

using Why = ApplyAction::Why;
using Replace = ApplyAction::Replace;

bool is_job(const objects::GroupVersionKind& gvk) {
  return gvk.group == "batch" && gvk.kind == "Job";
}

template <typename Map>
const typename Map::mapped_type* find(const Map& map, const objects::ObjectId& id) {
  const auto it = map.find(id);
  return it == map.end() ? nullptr : &it->second;
}

// What a run was about to send when it was cut off has no hash: nothing is known of it then.
const RememberedObject* find_known(const DeliveryState& state, const objects::ObjectId& id) {
  const auto* found = find(state.objects, id);
  return found == nullptr || found->content_hash.empty() ? nullptr : found;
}

// One wanted object, what is there of it, and what is remembered.
struct Case {
  const DesiredObject& wanted;
  const LiveObject* live;
  const RememberedObject* remembered;

  bool is_same_content() const {
    return remembered != nullptr && remembered->content_hash == wanted.content_hash;
  }
};

// Why an object has to be sent, or nullopt where it is as we left it. A deletion of what we
// delivered and that nobody asked for in the artifact is drift as well.
std::optional<Why> reason_to_apply(const Case& one) {
  if (one.live == nullptr) return one.is_same_content() ? Why::kDrift : Why::kCreate;
  if (one.remembered == nullptr) return Why::kUnknown;
  if (!one.is_same_content()) return Why::kUpdate;
  switch (since_sent(*one.remembered, *one.live)) {
    case SinceSent::kSame:
      return std::nullopt;
    case SinceSent::kOlder:
      return Why::kUnknown;
    case SinceSent::kChanged:
      return Why::kDrift;
  }
  return std::nullopt;
}

// A Job's content hash has that of its immutable part behind a "/".
bool has_other_template(const Case& one) {
  const auto part = [](std::string_view hash) { return hash.substr(hash.find('/') + 1); };
  return part(one.remembered->content_hash) != part(one.wanted.content_hash);
}

// A Job that has run need not be there: its time to live is over, or it was a hook.
bool is_done_and_gone(const Case& one, bool forgotten_have_run) {
  if (one.live != nullptr || !is_job(one.wanted.object.gvk())) return false;
  if (one.remembered == nullptr) return forgotten_have_run;
  return one.remembered->completed && !has_other_template(one);
}

// What was made once belongs to others: neither its content nor its fields are looked at.
bool is_made_once(const Case& one) {
  if (!one.wanted.once) return false;
  return one.live != nullptr || (one.remembered != nullptr && one.remembered->is_others());
}

Replace replacement(const Case& one, Why why, bool force) {
  if (one.live == nullptr || !replace_guard(one.wanted).empty()) return Replace::kNever;
  if (is_job(one.wanted.object.gvk())) {
    if (why == Why::kUpdate && has_other_template(one)) return Replace::kAlways;
    return Replace::kIfImmutable;
  }
  return force || one.wanted.force ? Replace::kIfImmutable : Replace::kNever;
}

class ApplyPlanner {
 public:
  // `forgotten_have_run`: Jobs of which nothing is remembered.
  ApplyPlanner(const delivery::Delivery& delivery, bool forgotten_have_run, Plan& plan)
      : delivery_(delivery), forgotten_have_run_(forgotten_have_run), plan_(plan) {}

  void add(std::size_t index, const Case& one) {
    if (is_done_and_gone(one, forgotten_have_run_)) {
      if (one.remembered == nullptr) plan_.completed.push_back(index);
      plan_.left.insert(index);
      ++plan_.unchanged;
      return;
    }
    if (is_spent_hook(one)) {
      clean_up(index, one);
      return;
    }
    if (has_news_of_success(one)) plan_.completed.push_back(index);
    const auto why = is_made_once(one) ? std::nullopt : reason_to_apply(one);
    if (!why) {
      ++plan_.unchanged;
      return;
    }
    if (*why == Why::kDrift && one.wanted.drift != delivery::DriftMode::kCorrect) {
      leave(index, one.wanted.drift);
      return;
    }
    plan_.applies.push_back({.index = index,
                             .why = *why,
                             .replace = replacement(one, *why, delivery_.force),
                             .uid = one.live == nullptr ? "" : one.live->uid,
                             .version = one.live == nullptr ? 0 : one.live->version,
                             .only_if_absent = one.wanted.once});
  }

 private:
  void leave(std::size_t index, delivery::DriftMode mode) {
    plan_.left.insert(index);
    if (mode == delivery::DriftMode::kIgnore) {
      ++plan_.unchanged;
    } else {
      plan_.drifted.push_back(index);
    }
  }

  // The live Job is the one that was sent with this template, and it has done its work.
  static bool has_succeeded(const Case& one) {
    return one.live != nullptr && one.live->completed && one.remembered != nullptr &&
           one.remembered->uid == one.live->uid && !has_other_template(one);
  }

  static bool has_news_of_success(const Case& one) {
    if (one.remembered != nullptr) return has_succeeded(one) && !one.remembered->completed;
    return one.wanted.once && one.live != nullptr && one.live->completed;
  }

  bool is_spent_hook(const Case& one) const {
    if (!one.wanted.hook || one.live == nullptr || !one.live->completed) return false;
    return one.remembered == nullptr ? forgotten_have_run_ : has_succeeded(one);
  }

  void clean_up(std::size_t index, const Case& one) {
    ++plan_.unchanged;
    plan_.left.insert(index);
    if (one.remembered == nullptr || !one.remembered->completed) plan_.completed.push_back(index);
    if (!one.live->deleting && !one.wanted.keep) {
      plan_.cleanups.push_back({one.wanted.object.id(), one.live->uid});
    }
  }

  const delivery::Delivery& delivery_;
  bool forgotten_have_run_;
  Plan& plan_;
};

// That the whole artifact became healthy says of its Jobs that they ran.
bool forgotten_jobs_have_run(const DesiredState& desired, const DeliveryState& state) {
  return !state.knows_jobs && state.last_healthy_digest == desired.digest;
}

}  // namespace

SinceSent since_sent(const RememberedObject& remembered, const LiveObject& live) {
  // Before all else: nobody has done to it what differs then. Versions of one resource are ordered.
  if (live.version != 0 && live.version < remembered.version) return SinceSent::kOlder;
  const bool same =
      remembered.uid == live.uid && remembered.own_fields_hash == live.own_fields_hash;
  return same ? SinceSent::kSame : SinceSent::kChanged;
}

std::string_view to_string(ApplyAction::Why why) {
  switch (why) {
    case Why::kCreate:
      return "create";
    case Why::kUpdate:
      return "update";
    case Why::kDrift:
      return "drift";
    case Why::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view replace_guard(const DesiredObject& object) {
  const auto& gvk = object.object.gvk();
  if (object.keep) return "it is told to stay (sealift.dev/keep), so it is never deleted";
  if (gvk.group.empty() && gvk.kind == "Namespace") {
    return "a Namespace is never deleted to be created again: everything in it would go";
  }
  if (gvk.group == "apiextensions.k8s.io" && gvk.kind == "CustomResourceDefinition") {
    return "a CustomResourceDefinition is never deleted to be created again: all its objects would "
           "go";
  }
  if (gvk.group.empty() &&
      (gvk.kind == "PersistentVolumeClaim" || gvk.kind == "PersistentVolume")) {
    return "a volume is never deleted to be created again: its data would go";
  }
  return {};
}

Result<Plan> make_plan(const delivery::Delivery& delivery, const DesiredState& desired,
                       const LiveObjects& live, const DeliveryState& remembered,
                       const std::optional<objects::ObjectId>& parent) {
  if (desired.objects.empty() && desired.ignored.empty()) {
    return fail(ErrorCode::kForbidden,
                "the artifact holds no objects; that is not taken for a wish to delete everything");
  }
  Plan plan;
  plan.resumes = !remembered.healthy;
  ApplyPlanner planner(delivery, forgotten_jobs_have_run(desired, remembered), plan);
  for (std::size_t i = 0; i < desired.objects.size(); ++i) {
    const auto& wanted = desired.objects[i];
    const auto id = wanted.object.id();
    planner.add(i, {wanted, find(live, id), find_known(remembered, id)});
  }
  if (!delivery.prune) return plan;
  plan_prunes(wanted_in(desired), parent, live, plan);
  if (delivery.prune_limit && plan.prunes.size() > *delivery.prune_limit) {
    return fail(ErrorCode::kForbidden,
                "the update would delete " + std::to_string(plan.prunes.size()) +
                    " objects, the first of them " + plan.prunes.front().id.to_string() +
                    ", and pruneLimit allows " + std::to_string(*delivery.prune_limit) +
                    "; nothing was changed. Raise spec.pruneLimit if that is what you want");
  }
  return plan;
}

bool remember_jobs(const DesiredState& desired, const Plan& plan, const LiveObjects& live,
                   DeliveryState& state) {
  for (const auto index : plan.completed) {
    const auto& wanted = desired.objects[index];
    const auto id = wanted.object.id();
    auto& remembered = state.objects[id];
    if (remembered.content_hash.empty()) {
      const auto* found = find(live, id);
      remembered = {wanted.content_hash, found == nullptr ? "" : found->uid,
                    found == nullptr ? "" : found->own_fields_hash};
    }
    remembered.completed = true;
  }
  const bool learned = forgotten_jobs_have_run(desired, state);
  if (learned) state.knows_jobs = true;
  return learned || !plan.completed.empty();
}

Plan plan_removal(const LiveObjects& live) {
  Plan plan;
  plan_prunes({}, std::nullopt, live, plan);
  return plan;
}

}  // namespace sealift::target
