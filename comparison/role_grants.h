#pragma once

#include <sealift/base/json.h>

#include <cstddef>
#include <string>
#include <vector>

namespace sealift::comparison {

// One thing that a role allows, as people say it.
struct Grant {
  std::string text;        // "delete secrets", "get deployments.apps named web"
  bool is_mighty = false;  // everything, or a way to more rights than these
};

struct GainedGrants {
  std::vector<Grant> grants;  // at most kMaxGrants
  std::size_t more = 0;       // beyond those
  bool gave_up = false;       // too many rules to compare
};

inline constexpr std::size_t kMaxGrants = 20;

// What `after`, the `rules` of a Role or ClusterRole, allows and `before` does not (rbac/v1
// PolicyRule). Either may be null. What one rule allowed and two together allow now is no gain.
GainedGrants gained_grants(const Json* before, const Json* after);

}  // namespace sealift::comparison
