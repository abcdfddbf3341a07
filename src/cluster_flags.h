#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/kube/api_client.h>

#include <memory>
#include <string>

#include "command.h"

namespace CLI {
class App;
}

namespace sealift::program {

// Which cluster, by the flags that kubectl has.
struct ClusterFlags {
  std::string kubeconfig;
  std::string context;
  std::string name_space;  // empty: the context's
};

// `name_space_help`: what --namespace is about.
std::shared_ptr<ClusterFlags> add_cluster_flags(
    CLI::App& command, const std::string& name_space_help = "Namespace; by default the context's");

// A client of the cluster. The kubeconfig is --kubeconfig, $KUBECONFIG or ~/.kube/config; in a pod
// without one, the pod's service account. kNotFound where there is none of them.
Result<kube::ApiClient> open_cluster(const ClusterFlags& flags, const Surroundings& surroundings);

// The namespace that the command is about.
std::string namespace_of(const ClusterFlags& flags, const kube::ApiClient& client);

// The positional argument NAME of a Delivery.
std::shared_ptr<std::string> add_delivery_name(CLI::App& command);
delivery::DeliveryName delivery_name(const std::string& name, const ClusterFlags& flags,
                                     const kube::ApiClient& client);

}  // namespace sealift::program
