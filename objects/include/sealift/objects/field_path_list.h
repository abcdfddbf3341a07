#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/field_path.h>

#include <string_view>
#include <vector>

namespace sealift::objects {

// Paths with commas between them, as an annotation holds them: "/spec/replicas,/metadata/labels/a".
// A comma ends a path only where a "/" follows, since an item's choice holds commas of its own;
// spaces may follow it. kInvalidInput for what FieldPath::parse() refuses, and for more than 100
// paths.
Result<std::vector<FieldPath>> parse_field_paths(std::string_view text);

}  // namespace sealift::objects
