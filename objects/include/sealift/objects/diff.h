#pragma once

#include <sealift/base/json.h>

#include <optional>
#include <string>
#include <vector>

namespace sealift::objects {

// One place where two documents differ.
struct Difference {
  std::string pointer;         // RFC 6901; in the old document for what is gone
  std::optional<Json> before;  // nullopt: added
  std::optional<Json> after;   // nullopt: removed
};

// All differences, members in the order of their names, so that equal input gives equal output.
// Arrays are compared from both ends: what was put in or taken out in the middle is one difference.
std::vector<Difference> diff(const Json& before, const Json& after);

// The same for Kubernetes objects, with null for an object that is not there. What a Secret holds
// is masked, in its last-applied annotation too: the result says that it differs, and not what it
// is.
std::vector<Difference> diff_objects(const Json* before, const Json* after);

// For people, a line each: `~ spec.replicas: 2 → 3`, `+ data.x: "y"`, `- data.z: "y"`. Control
// characters are escaped and long values cut.
std::string render(const std::vector<Difference>& differences);

}  // namespace sealift::objects
