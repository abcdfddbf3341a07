#include <sealift/target/inventory.h>

#include <utility>

namespace sealift::target {

TargetMemory weighed(TargetMemory own, TargetMemory there) {
  const bool has_places = there.has_places;
  if (!own.is_known()) return there;
  if (there.is_known()) {
    own.writer = std::move(there.writer);
    if (there.sequence > own.sequence) {
      own.newest = there.newest ? there.newest : there.digest;
      own.sequence = there.sequence;
      own.digest.reset();
    }
  }
  own.has_places = has_places;
  return own;
}

}  // namespace sealift::target
