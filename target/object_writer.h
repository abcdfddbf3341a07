#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/resource_map.h>
#include <sealift/target/delivery_state.h>
#include <sealift/target/plan.h>

#include <mutex>
#include <stop_token>
#include <string>

#include "cluster_session.h"

namespace sealift::target {

// Sends the objects of one plan, as each action wants it. Safe from many threads for different
// objects.
class ObjectWriter {
 public:
  ObjectWriter(const ClusterSession& session, const DesiredState& desired, DeliveryState& state,
               StateStore::Journal& journal)
      : session_(session), desired_(desired), state_(state), journal_(journal) {}

  // Once it is written, the object is in the journal, in the state and in the view.
  Result<> write(const ApplyAction& action, std::stop_token stop);

  // Not empty: an object is still on its way out and cannot be created again yet.
  std::string waiting_for() const;

 private:
  Result<objects::Object> with_live_values(const kube::Resource& resource,
                                           const DesiredObject& wanted, std::stop_token stop) const;
  Result<bool> exists(const kube::Resource& resource, const objects::Object& object,
                      std::stop_token stop) const;
  Result<Json> apply(const kube::Resource& resource, const ApplyAction& action,
                     const objects::Object& object, std::stop_token stop);
  Result<> delete_old(const ApplyAction& action, const objects::ObjectId& id,
                      const std::stop_token& stop);
  Result<> remember(const objects::ObjectId& id, RememberedObject remembered);

  const ClusterSession& session_;
  const DesiredState& desired_;
  DeliveryState& state_;
  StateStore::Journal& journal_;
  mutable std::mutex mutex_;
  std::string waiting_for_;
};

}  // namespace sealift::target
