#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>
#include <sealift/puller/delivery.h>
#include <sealift/puller/delivery_state.h>
#include <sealift/puller/desired_state.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace sealift::puller {

// A live object that belongs to this Delivery, without its content.
struct LiveObject {
  std::string uid;
  std::string own_fields_hash;  // empty: nothing of it is ours any more
  bool deleting = false;
  bool keep = false;  // kube::is_kept()
};

using LiveObjects = std::map<objects::ObjectId, LiveObject>;

struct ApplyAction {
  enum class Why { kCreate, kUpdate, kDrift, kUnknown };  // kUnknown: sent before, hash forgotten
  std::size_t index = 0;                                  // into DesiredState::objects
  Why why = Why::kCreate;
};
std::string_view to_string(ApplyAction::Why why);

struct PruneAction {
  objects::ObjectId id;
  std::string uid;
};

// What a run will do, in the order of doing it.
struct Plan {
  std::vector<ApplyAction> applies;
  std::vector<PruneAction> prunes;          // reverse order of applying
  std::vector<objects::ObjectId> kept;      // no longer wanted, and told to stay
  std::vector<objects::ObjectId> disowned;  // no longer wanted, and nothing of it is ours
  std::set<std::size_t> left;               // indices that drifted and are left so
  std::vector<std::size_t> drifted;         // those of them to speak about (drift: detect)
  std::size_t unchanged = 0;
  // An earlier run did not end: what it sent may not be healthy yet.
  bool resumes = false;

  bool empty() const { return applies.empty() && prunes.empty(); }
};

// Compares what is wanted, what is there and what was sent before. Pure. kForbidden where the prune
// limit would be exceeded, or where an artifact without objects would delete everything.
Result<Plan> make_plan(const Delivery& delivery, const DesiredState& desired,
                       const LiveObjects& live, const DeliveryState& remembered);

}  // namespace sealift::puller
