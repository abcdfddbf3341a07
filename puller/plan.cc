#include <sealift/puller/plan.h>

#include <algorithm>
#include <optional>
#include <set>

namespace sealift::puller {
namespace {

// Why an object has to be sent, or nullopt where it is as we left it.
std::optional<ApplyAction::Why> reason_to_apply(const DesiredObject& wanted, const LiveObject* live,
                                                const RememberedObject* remembered) {
  using Why = ApplyAction::Why;
  if (live == nullptr) return Why::kCreate;
  if (remembered == nullptr) return Why::kUnknown;
  if (remembered->content_hash != wanted.content_hash) return Why::kUpdate;
  // Another UID is another object under the name: the one that we applied was deleted.
  if (remembered->uid != live->uid || remembered->own_fields_hash != live->own_fields_hash) {
    return Why::kDrift;
  }
  return std::nullopt;
}

// A deletion of what we delivered and that nobody asked for in the artifact is drift as well.
bool is_drift(ApplyAction::Why why, const RememberedObject* remembered,
              const DesiredObject& wanted) {
  if (why == ApplyAction::Why::kDrift) return true;
  return why == ApplyAction::Why::kCreate && remembered != nullptr &&
         remembered->content_hash == wanted.content_hash;
}

template <typename Map>
const typename Map::mapped_type* find(const Map& map, const objects::ObjectId& id) {
  const auto it = map.find(id);
  return it == map.end() ? nullptr : &it->second;
}

void plan_applies(const Delivery& delivery, const DesiredState& desired, const LiveObjects& live,
                  const DeliveryState& remembered, Plan& plan) {
  for (std::size_t i = 0; i < desired.objects.size(); ++i) {
    const auto& wanted = desired.objects[i];
    const auto id = wanted.object.id();
    const auto* known = find(remembered.objects, id);
    auto why = reason_to_apply(wanted, find(live, id), known);
    if (!why) {
      ++plan.unchanged;
      continue;
    }
    if (is_drift(*why, known, wanted)) {
      why = ApplyAction::Why::kDrift;
      if (delivery.drift != DriftMode::kCorrect) plan.left.insert(i);
      if (delivery.drift == DriftMode::kIgnore) {
        ++plan.unchanged;
        continue;
      }
      if (delivery.drift == DriftMode::kDetect) {
        plan.drifted.push_back(i);
        continue;
      }
    }
    plan.applies.push_back({i, *why});
  }
}

void plan_prunes(const DesiredState& desired, const LiveObjects& live, Plan& plan) {
  std::set<objects::ObjectId> wanted;
  for (const auto& object : desired.objects) wanted.insert(object.object.id());
  for (const auto& [id, object] : live) {
    if (wanted.contains(id) || object.deleting) continue;
    if (object.keep) {
      plan.kept.push_back(id);
    } else if (object.own_fields_hash.empty()) {
      plan.disowned.push_back(id);
    } else {
      plan.prunes.push_back({id, object.uid});
    }
  }
  std::sort(plan.prunes.begin(), plan.prunes.end(),
            [](const auto& a, const auto& b) { return objects::applied_before(b.id, a.id); });
}

}  // namespace

std::string_view to_string(ApplyAction::Why why) {
  switch (why) {
    case ApplyAction::Why::kCreate:
      return "create";
    case ApplyAction::Why::kUpdate:
      return "update";
    case ApplyAction::Why::kDrift:
      return "drift";
    case ApplyAction::Why::kUnknown:
      return "unknown";
  }
  return "unknown";
}

Result<Plan> make_plan(const Delivery& delivery, const DesiredState& desired,
                       const LiveObjects& live, const DeliveryState& remembered) {
  if (desired.objects.empty()) {
    return fail(ErrorCode::kForbidden,
                "the artifact holds no objects; that is not taken for a wish to delete everything");
  }
  Plan plan;
  plan.resumes = !remembered.healthy;
  plan_applies(delivery, desired, live, remembered, plan);
  if (!delivery.prune) return plan;
  plan_prunes(desired, live, plan);
  if (delivery.prune_limit && plan.prunes.size() > *delivery.prune_limit) {
    return fail(ErrorCode::kForbidden,
                "the update would delete " + std::to_string(plan.prunes.size()) +
                    " objects, the first of them " + plan.prunes.front().id.to_string() +
                    ", and pruneLimit allows " + std::to_string(*delivery.prune_limit) +
                    "; nothing was changed. Raise spec.pruneLimit if that is what you want");
  }
  return plan;
}

}  // namespace sealift::puller
