#pragma once

#include <sealift/objects/object.h>

#include <cstdint>
#include <vector>

namespace sealift::objects {

// The stages of an apply, each finished before the next begins: definitions, namespaces and
// cluster roles; classes; the rest, in waves by the annotation "sealift.dev/wave" (an integer from
// -1000 to 1000, 0 by default, lowest first).
struct Stage {
  enum class Kind { kDefinitions, kClasses, kRest };
  Kind kind = Kind::kRest;
  int wave = 0;
  auto operator<=>(const Stage&) const = default;
};

// kInvalidInput for a wave that is no such integer.
Result<Stage> stage_of(const Object& object);

// Order within a stage, and of the whole for output and for prune in reverse: by stage, then the
// kinds in the order that Flux and Helm share, then group, kind, namespace, name.
Result<> sort_for_apply(std::vector<Object>& objects);

// The same order by identity alone, for objects whose content is not at hand: waves are not known.
bool applied_before(const ObjectId& a, const ObjectId& b);

}  // namespace sealift::objects
