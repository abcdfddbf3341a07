#include <sealift/delivery/dependencies.h>

#include <algorithm>
#include <set>

namespace sealift::delivery {
namespace {

bool is_allowed(const DeliveryName& dependent, const DeliveryName& name, const DependencyNode* node,
                const DependencyPolicy& policy) {
  if (dependent.name_space == name.name_space || policy.allow_cross_namespace) return true;
  if (node == nullptr) return false;
  const auto& allowed = node->allowed_dependents;
  return std::any_of(allowed.begin(), allowed.end(), [&](const std::string& name_space) {
    return name_space == "*" || name_space == dependent.name_space;
  });
}

// The way from one Delivery back to itself, along what is allowed; empty where there is none. Each
// Delivery is visited once.
class CycleSearch {
 public:
  CycleSearch(const DeliveryName& target, const DependencyPolicy& policy,
              const FindDependency& find)
      : target_(target), policy_(policy), find_(find) {}

  std::vector<DeliveryName> from(const DeliveryName& start) {
    std::vector<Step> way{step_to(start)};
    while (!way.empty()) {
      auto& step = way.back();
      if (step.name == target_) return names_of(way);
      if (step.next == step.onward.size()) {
        way.pop_back();
        continue;
      }
      const auto next = step.onward[step.next++];
      if (next == target_ || visited_.insert(next).second) way.push_back(step_to(next));
    }
    return {};
  }

 private:
  struct Step {
    DeliveryName name;
    std::vector<DeliveryName> onward;
    std::size_t next = 0;
  };

  Step step_to(const DeliveryName& name) const {
    Step step{name, {}, 0};
    const auto* node = find_(name);
    if (node == nullptr || name == target_) return step;
    for (const auto& next : node->depends_on) {
      if (is_allowed(name, next, find_(next), policy_)) step.onward.push_back(next);
    }
    return step;
  }

  static std::vector<DeliveryName> names_of(const std::vector<Step>& way) {
    std::vector<DeliveryName> names;
    for (const auto& step : way) names.push_back(step.name);
    return names;
  }

  const DeliveryName& target_;
  const DependencyPolicy& policy_;
  const FindDependency& find_;
  std::set<DeliveryName> visited_;
};

Error cycle_error(const DeliveryName& name, const std::vector<DeliveryName>& way) {
  std::string text = name.to_string();
  for (const auto& step : way) text += " → " + step.to_string();
  return Error(ErrorCode::kInvalidInput,
               "dependsOn goes in a circle: " + text + "; remove one of these dependencies");
}

}  // namespace

Result<DependencyStatus> check_dependencies(const DeliveryName& name,
                                            const std::vector<DeliveryName>& depends_on,
                                            const DependencyPolicy& policy,
                                            const FindDependency& find) {
  DependencyStatus status;
  CycleSearch search(name, policy, find);
  for (const auto& dependency : depends_on) {
    const auto* node = find(dependency);
    if (!is_allowed(name, dependency, node, policy)) {
      return fail(ErrorCode::kForbidden,
                  "dependsOn names " + dependency.to_string() + " of another namespace, and " +
                      name.name_space +
                      " may not depend on it; its owner can allow that with the annotation "
                      "sealift.dev/allow-dependents: \"" +
                      name.name_space + "\" on the Delivery");
    }
    const auto way = search.from(dependency);
    if (!way.empty()) return fail(cycle_error(name, way));
    if (node != nullptr && node->ready) continue;
    if (!status.reason.empty()) status.reason += "; ";
    status.reason +=
        dependency.to_string() + (node == nullptr ? " does not exist" : " is not ready");
    status.waiting_for.push_back(dependency);
  }
  return status;
}

}  // namespace sealift::delivery
