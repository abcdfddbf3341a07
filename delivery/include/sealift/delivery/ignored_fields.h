#pragma once

#include <sealift/base/json.h>

#include <string>
#include <vector>

namespace sealift::delivery {

// Fields of a delivered object that belong to others (objects/field_path.h has the syntax). All
// functions are pure; a path that cannot be read names nothing.

// Why this cannot be an ignored field, as the rest of a message, or nothing.
std::string problem_of_ignored(const std::string& path);

// The object without those fields: what decides whether it has changed.
Json without_fields(Json object, const std::vector<std::string>& paths);

// What is sent for an object that is there already: of those fields that the manifest has, the
// live values, and none where the live object has none. So an apply changes nothing of them. (To
// leave them out of the apply instead would remove those that nobody else owns.)
Json with_live_fields(Json wanted, const Json& live, const std::vector<std::string>& paths);

}  // namespace sealift::delivery
