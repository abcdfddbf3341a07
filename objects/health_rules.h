#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/objects/health.h>

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

namespace sealift::objects {

// One entry of status.conditions; the views point into the object.
struct Condition {
  std::string_view type;
  std::string_view status;  // "True", "False", "Unknown"
  std::string_view reason;
  std::string_view message;
};
std::vector<Condition> conditions_of(const Json& object);

// What a condition says, for people.
std::string words_of(const Condition& condition);

// The whole number at the path, or `otherwise`.
std::int64_t int_at(const Json& object, std::initializer_list<std::string_view> path,
                    std::int64_t otherwise);

// The rule of this object's group and kind; nullopt where it has none.
std::optional<HealthStatus> health_by_kind(const Json& object, std::optional<Timestamp> now);

}  // namespace sealift::objects
