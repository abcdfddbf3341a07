#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::objects {

enum class Health { kCurrent, kInProgress, kFailed, kTerminating, kNotFound };
std::string_view to_string(Health health);  // "Current", "InProgress", …

struct HealthStatus {
  Health health = Health::kInProgress;
  std::string reason;  // for people: "2 of 3 replicas are available"
};

// The rules of kstatus (sigs.k8s.io/cli-utils, pkg/kstatus), by the object alone: deletion,
// observed generation, Reconciling and Stalled, the kind's own rule, Ready, otherwise Current.
// kNotFound is for callers whose object is gone.
//
// `now` decides one rule: a Pod that the scheduler has found no node for is kFailed 15 seconds
// after its creation. Without it such a Pod is kInProgress.
HealthStatus health_of(const Json& live_object, std::optional<Timestamp> now = std::nullopt);

}  // namespace sealift::objects
