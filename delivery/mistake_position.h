#pragma once

#include <sealift/objects/yaml.h>

#include <string_view>

namespace sealift::delivery {

// Where the field stands that a parser's message names, as in "Delivery
// web.spec.driftRules[1].mode: must be …". The nearest thing around it where it is not there, and
// the document's start where the message names none.
objects::SourcePosition position_of_mistake(const objects::YamlDocument& document,
                                            std::string_view message);

}  // namespace sealift::delivery
