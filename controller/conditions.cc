#include "conditions.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sealift::controller {
namespace {

// An array whatever somebody else has written there.
Json::Array& conditions_of(Json& status) {
  auto* conditions = status.find("conditions");
  if (!conditions || !conditions->is_array()) {
    status.set("conditions", Json::array());
    conditions = status.find("conditions");
  }
  return *conditions->as_array();
}

bool is_of_type(const Json& condition, std::string_view type) {
  return condition.string_at({"type"}) == type;
}

}  // namespace

void set_condition(Json& status, const Condition& condition, std::int64_t generation,
                   Timestamp now) {
  auto& conditions = conditions_of(status);
  const auto found = std::find_if(conditions.begin(), conditions.end(), [&](const Json& other) {
    return is_of_type(other, condition.type);
  });
  auto since = format_timestamp(now);
  if (found != conditions.end() && found->string_at({"status"}) == condition.status &&
      !found->string_at({"lastTransitionTime"}).empty()) {
    since = found->string_at({"lastTransitionTime"});
  }
  Json next(Json::Object{{"type", condition.type},
                         {"status", condition.status},
                         {"observedGeneration", generation},
                         {"lastTransitionTime", since},
                         {"reason", condition.reason},
                         {"message", condition.message}});
  if (found == conditions.end()) {
    conditions.push_back(std::move(next));
  } else {
    *found = std::move(next);
  }
}

void remove_condition(Json& status, std::string_view type) {
  std::erase_if(conditions_of(status), [&](const Json& other) { return is_of_type(other, type); });
}

const Json* find_condition(const Json& status, std::string_view type) {
  const auto* conditions = status.find("conditions");
  if (!conditions || !conditions->is_array()) return nullptr;
  for (const auto& condition : *conditions->as_array()) {
    if (is_of_type(condition, type)) return &condition;
  }
  return nullptr;
}

}  // namespace sealift::controller
