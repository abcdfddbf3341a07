#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>

#include <functional>
#include <string>
#include <vector>

namespace sealift::delivery {

// What the question about dependencies has to know of one Delivery.
struct DependencyNode {
  std::vector<DeliveryName> depends_on;
  std::vector<std::string> allowed_dependents;  // Delivery::allowed_dependents
  bool ready = false;  // what it wants now has been delivered and is healthy
};

// Null for a Delivery that there is not. What it points to must outlive the call of
// check_dependencies().
using FindDependency = std::function<const DependencyNode*(const DeliveryName&)>;

struct DependencyPolicy {
  bool allow_cross_namespace = false;  // whatever the other Delivery says
};

// What a Delivery still waits for; empty: nothing.
struct DependencyStatus {
  std::vector<DeliveryName> waiting_for;
  // For people: "shop/db is not ready; shop/queue does not exist".
  std::string reason;
};

// Looks at what the Delivery of this name depends on. Pure. kForbidden for a Delivery of another
// namespace that does not allow it, in the same words whether it exists or not. kInvalidInput for a
// cycle through this Delivery, which names it: "shop/a → shop/b → shop/a". Others' cycles, and ways
// that are not allowed, are theirs to report.
Result<DependencyStatus> check_dependencies(const DeliveryName& name,
                                            const std::vector<DeliveryName>& depends_on,
                                            const DependencyPolicy& policy,
                                            const FindDependency& find);

}  // namespace sealift::delivery
