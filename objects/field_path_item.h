#pragma once

#include <sealift/base/json.h>

#include <string>
#include <utility>
#include <vector>

namespace sealift::objects {

// Whether a list's item holds everything that a segment of a path wants of it
// (FieldPath::Segment::item): strings as they are, numbers by their digits, true and false.
bool item_matches(const Json& item, const std::vector<std::pair<std::string, std::string>>& wanted);

}  // namespace sealift::objects
