#include <sealift/delivery/custom_health.h>
#include <sealift/objects/field_path.h>

#include <algorithm>

namespace sealift::delivery {
namespace {

using objects::Health;
using objects::HealthStatus;

bool is_kind(const Json& object, std::string_view group, std::string_view kind) {
  if (object.string_at({"kind"}) != kind) return false;
  const auto api_version = object.string_at({"apiVersion"});
  const auto slash = api_version.find('/');
  return (slash == std::string_view::npos ? std::string_view() : api_version.substr(0, slash)) ==
         group;
}

// Deletion and a generation that was not observed yet, where objects::health_of() says so: what it
// answers comes from nothing else then.
bool is_settled(const Json& object) {
  if (!object.string_at({"metadata", "deletionTimestamp"}).empty()) return false;
  const Json* generation = object.find_path({"metadata", "generation"});
  const Json* observed = object.find_path({"status", "observedGeneration"});
  return generation == nullptr || observed == nullptr || !generation->as_int64() ||
         !observed->as_int64() || *generation->as_int64() == *observed->as_int64();
}

// Numbers and booleans are written as text in a Delivery where that is easier.
std::string text_of(const Json& value) {
  return value.is_string() ? *value.as_string() : dump_json(value);
}

// A path that cannot be read was refused with the Delivery; here it names nothing.
bool holds(const FieldTest& test, const Json& object) {
  const auto path = objects::FieldPath::parse(test.path);
  const Json* field = path ? objects::find_field(object, *path) : nullptr;
  if (field == nullptr) return false;
  if (test.test == FieldTest::Operator::kExists) return true;
  if (field->is_object() || field->is_array()) return false;
  return std::any_of(test.values.begin(), test.values.end(),
                     [&](const Json& value) { return text_of(value) == text_of(*field); });
}

bool all_hold(const std::vector<FieldTest>& tests, const Json& object) {
  return !tests.empty() && std::all_of(tests.begin(), tests.end(),
                                       [&](const FieldTest& test) { return holds(test, object); });
}

HealthStatus health_by(const CustomHealth& check, const Json& object) {
  if (all_hold(check.failed, object)) return {Health::kFailed, "a check for failure holds"};
  if (all_hold(check.in_progress, object)) {
    return {Health::kInProgress, "a check for progress holds"};
  }
  if (all_hold(check.current, object)) return {Health::kCurrent, "all its checks hold"};
  const auto missing = std::find_if(check.current.begin(), check.current.end(),
                                    [&](const FieldTest& test) { return !holds(test, object); });
  return {Health::kInProgress, missing == check.current.end()
                                   ? "no check says that it is healthy"
                                   : "the check of " + missing->path + " does not hold yet"};
}

bool has_condition(const Json& object, std::string_view type) {
  const Json* list = object.find_path({"status", "conditions"});
  if (list == nullptr || !list->is_array()) return false;
  return std::any_of(list->as_array()->begin(), list->as_array()->end(), [&](const Json& entry) {
    return entry.string_at({"type"}) == type && entry.string_at({"status"}) == "True";
  });
}

}  // namespace

bool is_completed_job(const Json& live_object) {
  return is_kind(live_object, "batch", "Job") && has_condition(live_object, "Complete");
}

HealthStatus health_of(const Json& live_object, const std::vector<CustomHealth>& checks,
                       std::optional<Timestamp> now) {
  if (is_settled(live_object)) {
    for (const auto& check : checks) {
      if (is_kind(live_object, check.group, check.kind)) return health_by(check, live_object);
    }
  }
  auto health = objects::health_of(live_object, now);
  // kstatus is content with a Job that runs; who delivers one waits for its work, as Flux does.
  if (health.health == Health::kCurrent && is_kind(live_object, "batch", "Job") &&
      !is_completed_job(live_object) && !has_condition(live_object, "Suspended")) {
    return {Health::kInProgress, "it is running"};
  }
  return health;
}

}  // namespace sealift::delivery
