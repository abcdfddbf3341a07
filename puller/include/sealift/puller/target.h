#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/result.h>
#include <sealift/puller/delivery.h>
#include <sealift/puller/delivery_state.h>
#include <sealift/puller/desired_state.h>
#include <sealift/puller/inventory.h>
#include <sealift/puller/plan.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::puller {

// A place where one Delivery's objects live: a cluster, or a directory. The calls come in the order
// of declaration, from one thread; `stop` covers the run's deadline.
class Target {
 public:
  virtual ~Target() = default;

  // Whether a kind lives in namespaces, where it is neither built in nor defined in the artifact;
  // nullopt where the target cannot say. kNotFound where a cluster does not serve the kind.
  virtual Result<std::optional<bool>> is_namespaced(const objects::GroupVersionKind& gvk,
                                                    std::stop_token stop) = 0;
  virtual Result<TargetMemory> recall(std::stop_token stop) = 0;
  // Everything that belongs to the Delivery, wanted or not.
  virtual Result<LiveObjects> observe(const DesiredState& desired, std::stop_token stop) = 0;
  // Asks the target to refuse now what it would refuse later; changes nothing.
  virtual Result<> preflight(const DesiredState& desired, const Plan& plan,
                             std::stop_token stop) = 0;
  // Remembers the acceptance and what will be owned, before the first write.
  virtual Result<> begin(const DesiredState& desired, const Plan& plan,
                         const Acceptance& acceptance, std::stop_token stop) = 0;
  // Writes stage by stage; each object that was written goes into the journal and into `state`.
  virtual Result<> apply(const DesiredState& desired, const Plan& plan, DeliveryState& state,
                         StateStore::Journal& journal, std::stop_token stop) = 0;
  // Waits until everything wanted is healthy, but for what the plan leaves as it is. kCancelled
  // naming the first that are not when `stop` is requested; kInvalidInput where an object failed
  // for good.
  virtual Result<> wait(const DesiredState& desired, const Plan& plan, std::stop_token stop) = 0;
  virtual Result<> prune(const Plan& plan, DeliveryState& state, StateStore::Journal& journal,
                         std::stop_token stop) = 0;
  // Forgets what is no longer owned.
  virtual Result<> finish(const DesiredState& desired, const Plan& plan, std::stop_token stop) = 0;
};

}  // namespace sealift::puller
