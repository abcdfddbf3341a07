#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>

namespace sealift::objects {

// An annotation of sealift.dev/ that means nothing is a misspelt one, and what it was to keep would
// be pruned. kInvalidInput names the object, the annotation, and what is closest to it. The values
// are left to those who obey them. docs/formats/delivery.md, "Annotations".
Result<> check_own_annotations(const Object& object);

}  // namespace sealift::objects
