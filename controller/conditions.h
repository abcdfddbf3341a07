#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>

#include <cstdint>
#include <string_view>

namespace sealift::controller {

struct Condition {
  std::string_view type;
  std::string_view status;  // "True", "False", "Unknown"
  std::string_view reason;
  std::string_view message;
};

// Puts a condition (metav1.Condition) into status.conditions; its lastTransitionTime moves when its
// status does.
void set_condition(Json& status, const Condition& condition, std::int64_t generation,
                   Timestamp now);
void remove_condition(Json& status, std::string_view type);
// Null where there is none.
const Json* find_condition(const Json& status, std::string_view type);

}  // namespace sealift::controller
