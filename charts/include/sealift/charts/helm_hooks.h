#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <vector>

namespace sealift::charts {

// What becomes of objects with the annotation helm.sh/hook ("Chart Hooks", helm.sh).
enum class HookMode {
  kKeep,   // they stay what Helm renders, with annotations that mean something to Helm alone
  kDrop,   // they are left out
  kWaves,  // they come before or after the others, as waves of a Delivery
};

// kWaves: a hook before an install or an upgrade gets the wave -500 plus its weight, one after them
// 500 plus it, weights being bounded to ±400; a Job becomes a hook of a Delivery, which runs once
// for each artifact and is removed when it has succeeded. Tests, and hooks of deletions and
// rollbacks alone, are left out, because nobody would run them. Helm's annotations go; a wave that
// the object has already stays. kInvalidInput for a weight that is no number, naming the object.
Result<std::vector<objects::Object>> turn_hooks(std::vector<objects::Object> objects,
                                                HookMode mode);

}  // namespace sealift::charts
