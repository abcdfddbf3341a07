#pragma once

#include <sealift/base/json.h>

#include <optional>

#include "place.h"

namespace sealift::comparison {

// What the API server takes an absent field of a built-in kind for (k8s.io/api, the fields'
// "Defaults to"); nullopt where that is nothing or not known. `around` is the object that lacks the
// field, since some defaults are another field's value; it may be null.
std::optional<Json> field_default(const Place& place, const Json* around);

}  // namespace sealift::comparison
