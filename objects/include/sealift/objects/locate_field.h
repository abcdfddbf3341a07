#pragma once

#include <sealift/objects/yaml.h>

#include <string_view>

namespace sealift::objects {

// Where a field stands that a parser's message names, as in "spec.driftRules[1].mode". A member's
// name may hold dots; the longest one that fits counts. The nearest thing around it where it is not
// there.
SourcePosition locate_field(const YamlDocument& document, std::string_view field);

}  // namespace sealift::objects
