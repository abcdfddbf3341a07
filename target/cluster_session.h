#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/members/cluster_view.h>
#include <sealift/target/desired_state.h>
#include <sealift/target/plan.h>

#include <stop_token>
#include <string>

namespace sealift::target {

inline constexpr std::size_t kParallelRequests = 8;

// What the steps of one run in a cluster share.
struct ClusterSession {
  std::string applyset_id;
  std::string own_namespace;  // of the Delivery: the inventory lives there, and makes it
  kube::ApiClient objects;    // as the Delivery's service account
  kube::ApiClient puller;     // as the puller itself
  kube::ResourceMap& resources;
  members::ClusterView& view;
  Clock& clock;
  const Logger& log;
};

// The object as it is sent: with the label that makes it a member of the set.
objects::Object as_member(const ClusterSession& session, const objects::Object& object);

// A member as plans see it. `completed`: see LiveObject.
LiveObject live_object(const kube::ObservedObject& observed, bool completed);

// The health of one wanted object by a snapshot: not found where it is not in it.
objects::HealthStatus health_in(const members::ClusterView::Snapshot& snapshot,
                                const objects::ObjectId& id);

}  // namespace sealift::target
