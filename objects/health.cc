#include <sealift/objects/health.h>

#include "health_rules.h"

namespace sealift::objects {
namespace {

std::optional<HealthStatus> health_by_generation(const Json& object) {
  const Json* generation = object.find_path({"metadata", "generation"});
  const Json* observed = object.find_path({"status", "observedGeneration"});
  if (generation == nullptr || observed == nullptr) return std::nullopt;
  const auto wanted = generation->as_int64();
  const auto seen = observed->as_int64();
  if (!wanted || !seen || *wanted == *seen) return std::nullopt;
  return HealthStatus{Health::kInProgress, "its controller has seen generation " +
                                               std::to_string(*seen) + " and not yet " +
                                               std::to_string(*wanted)};
}

std::optional<HealthStatus> health_by_progress_conditions(const Json& object) {
  for (const Condition& condition : conditions_of(object)) {
    if (condition.status != "True") continue;
    if (condition.type == "Reconciling") {
      return HealthStatus{Health::kInProgress, words_of(condition)};
    }
    if (condition.type == "Stalled") return HealthStatus{Health::kFailed, words_of(condition)};
  }
  return std::nullopt;
}

std::optional<HealthStatus> health_by_ready_condition(const Json& object) {
  for (const Condition& condition : conditions_of(object)) {
    if (condition.type != "Ready") continue;
    if (condition.status == "True") return HealthStatus{Health::kCurrent, "it is ready"};
    if (condition.status == "False" || condition.status == "Unknown") {
      return HealthStatus{Health::kInProgress, words_of(condition)};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Health health) {
  switch (health) {
    case Health::kCurrent:
      return "Current";
    case Health::kInProgress:
      return "InProgress";
    case Health::kFailed:
      return "Failed";
    case Health::kTerminating:
      return "Terminating";
    case Health::kNotFound:
      return "NotFound";
  }
  return "Unknown";
}

HealthStatus health_of(const Json& live_object, std::optional<Timestamp> now) {
  if (!live_object.string_at({"metadata", "deletionTimestamp"}).empty()) {
    return {Health::kTerminating, "it is being deleted"};
  }
  if (auto health = health_by_generation(live_object)) return *std::move(health);
  if (auto health = health_by_progress_conditions(live_object)) return *std::move(health);
  if (auto health = health_by_kind(live_object, now)) return *std::move(health);
  if (auto health = health_by_ready_condition(live_object)) return *std::move(health);
  return {Health::kCurrent, "nothing says that it is not ready"};
}

}  // namespace sealift::objects
