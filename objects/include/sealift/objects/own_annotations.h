#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::objects {

// Written by the puller on a Delivery: the address of the remote cluster that holds what was
// delivered; none where that is the puller's own.
inline constexpr std::string_view kClusterAnnotation = "sealift.dev/cluster";

// An annotation of sealift.dev/ that means nothing.
struct UnknownAnnotation {
  std::string name;    // "sealift.dev/kepp", printable
  std::string advice;  // "is it \"sealift.dev/keep\"?", or which there are
};

// The first of an object's; nullopt where all are known, or `also_known`. The values are left to
// those who obey them. docs/formats/delivery.md, "Annotations".
std::optional<UnknownAnnotation> unknown_own_annotation(const Object& object,
                                                        std::string_view also_known = {});

// A misspelt one is refused: what it was to keep would be pruned. kInvalidInput names the object,
// the annotation, and what is closest to it.
Result<> check_own_annotations(const Object& object);

}  // namespace sealift::objects
