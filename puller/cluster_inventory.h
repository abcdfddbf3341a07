#pragma once

#include <sealift/kube/apply_set.h>
#include <sealift/puller/plan.h>
#include <sealift/puller/target.h>

#include <optional>
#include <stop_token>

#include "cluster_session.h"

namespace sealift::puller {

// The ApplySet's parent: what the set may contain, and what was accepted.
class ClusterInventory {
 public:
  ClusterInventory(const Delivery& delivery, const kube::ApiClient& owner);

  std::string id() const { return parent_.id(); }
  Result<TargetMemory> recall(std::stop_token stop);
  // All members, with one list for each kind (and namespace, where only that is permitted).
  Result<LiveObjects> members(const ClusterSession& session, std::stop_token stop) const;
  // Before the first write: old and new kinds together, and the acceptance. No request where the
  // cluster knows all that already.
  Result<> extend(const DesiredState& desired, const Acceptance& acceptance, std::stop_token stop);
  // After the prune: the kinds of what remains. `spared` was to be pruned and was not.
  Result<> shrink(const DesiredState& desired, const Plan& plan,
                  const std::vector<objects::ObjectId>& spared, std::stop_token stop);

 private:
  Result<> write(kube::ApplySetParent next, std::stop_token stop);
  Result<> create_namespace(std::stop_token stop);

  const Delivery& delivery_;
  const kube::ApiClient& owner_;
  kube::ApplySetParent parent_;  // as the cluster has it
  bool exists_ = false;
};

}  // namespace sealift::puller
