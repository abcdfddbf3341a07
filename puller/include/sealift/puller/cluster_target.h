#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/puller/target.h>

#include <memory>

namespace sealift::puller {

// Delivers into a cluster by server-side apply. The inventory is the cluster's own: an ApplySet
// (KEP-3659) whose parent is the ConfigMap "sealift-NAME" in the Delivery's namespace, written by
// the puller's identity; it carries the accepted digest and sequence as well. Objects are read and
// written as the Delivery's service account, where it names one.
//
// `client` is the puller's identity; all references must outlive the target.
std::unique_ptr<Target> make_cluster_target(const Delivery& delivery, const kube::ApiClient& client,
                                            kube::ResourceMap& resources, Clock& clock, Logger log);

}  // namespace sealift::puller
