#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/members/cluster_view.h>
#include <sealift/target/inventory.h>
#include <sealift/target/target.h>

#include <functional>
#include <memory>
#include <string>

namespace sealift::target {

// One cluster, as all Deliveries into it share it. What is referred to must
// outlive the targets.
struct TargetCluster {
  kube::ApiClient client;  // the puller's identity
  kube::ResourceMap& resources;
  members::ClusterView& view;
  std::shared_ptr<void> owner = nullptr;  // of these, where something has to hold on to it
  // Target's, for a cluster that may change or go away on its own.
  std::function<bool(bool doubted)> is_current = nullptr;
  std::function<Result<std::string>()> reach = nullptr;
};

// Delivers into a cluster by server-side apply, with an ApplySet (KEP-3659) as inventory. Objects
// are written as the Delivery's service account, where it names one, and seen by the view's
// watches. `delivery` and `clock` must outlive the target.
std::unique_ptr<Target> make_cluster_target(const delivery::Delivery& delivery,
                                            const TargetCluster& cluster,
                                            std::unique_ptr<Inventory> inventory, Clock& clock,
                                            Logger log);

// The inventory of a Delivery that is no object of the target cluster: the ConfigMap
// "sealift-NAME" in the Delivery's namespace, written by the puller's identity; it carries the
// accepted digest and sequence as well, and the Delivery's UID where it has one, so that Deliveries
// of two management clusters never share a set. `delivery` must outlive the inventory.
std::unique_ptr<Inventory> make_config_map_inventory(const delivery::Delivery& delivery,
                                                     kube::ApiClient owner);

}  // namespace sealift::target
