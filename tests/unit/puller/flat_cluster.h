#pragma once

#include <sealift/target/target.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "delivery_world.h"

namespace sealift::puller::test {

// A cluster as the run sees it: objects have content, and all of them the same owners of fields. It
// remembers what was accepted, as a real one does on an ApplySet's parent.
struct FlatCluster {
  std::map<objects::ObjectId, std::string> contents;
  std::map<objects::ObjectId, std::uint64_t> versions;  // of what was written
  std::uint64_t revision = 0;                           // the newest of them
  target::TargetMemory memory;
  std::string fields = "fields";  // of each object; another text: somebody changed them all
  bool healthy = true;
  std::function<objects::Health()> judge;  // instead of `healthy`, for each object
  bool intact = true;                      // what begin() left
  bool refuses_begin = false;
  bool fails_to_release = false;   // once, behind the first object
  bool recalled = false;           // by the target that is open
  bool looked_unprepared = false;  // observed before it was recalled
  std::vector<Digest> applied;     // artifacts, in their order

  // The same environment with this as the target of all Deliveries.
  RunEnvironment into(RunEnvironment environment);
  // One run of the world's Delivery in a new process.
  RunOutcome run(DeliveryWorld& world);
};

}  // namespace sealift::puller::test
