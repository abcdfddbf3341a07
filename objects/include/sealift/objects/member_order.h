#pragma once

#include <sealift/base/json.h>

namespace sealift::objects {

// The members of all objects in one order: apiVersion, kind and metadata first, at the top, the
// others by the bytes of their names. The order means nothing in JSON, so what differs between two
// renderings is what was changed. Lists stay as they are.
Json in_member_order(Json object);

}  // namespace sealift::objects
