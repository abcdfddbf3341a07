#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

// On everything that an installation consists of: the namespace of its puller; "shared" on what
// several installations of one cluster have in common (definitions, roles).
inline constexpr std::string_view kInstallLabel = "sealift.dev/install";
inline constexpr std::string_view kSharedInstall = "shared";
inline constexpr std::string_view kPullerName = "sealift-puller";

struct InstallOptions {
  std::string name_space = "sealift-system";
  std::string image;  // required: no registry is assumed
  // Namespaces whose Deliveries are looked at, and no power anywhere else; empty: the whole
  // cluster.
  std::vector<std::string> watch_namespaces;
  std::string shard_selector;  // only Deliveries with these labels; empty: all
  std::uint32_t replicas = 2;
  std::string default_service_account;  // of Deliveries that name none; empty: those are refused
  bool allow_own_identity = false;
  bool allow_local_addresses = false;          // of registries and clusters that Deliveries name
  std::vector<std::string> allowed_providers;  // clouds whose registries know the puller's identity
  bool cross_namespace_dependencies = false;   // without the consent of the other namespace
  bool all_events = false;                     // a Kubernetes event for each delivery
  bool delivery_metrics = false;               // of each Delivery on its own
  std::string priority_class = "system-cluster-critical";  // empty: none
  std::string state_claim;       // PersistentVolumeClaim for the cache; empty: emptyDir
  std::string webhook_secret;    // Secret with the webhooks' secrets; empty: no webhooks
  std::string trust_config_map;  // ConfigMap with archives of trust folders; empty: none
  std::string notify_secret;  // Secret with notifications.yaml and its files; empty: nobody is told
  std::vector<std::uint16_t> egress_ports;  // of registries and clusters, beside 443 and 6443
  std::string version;                      // of the program, for the label
};

// What `sealift install` prints, in the order of applying: packaging/install and packaging/crds,
// which are part of the program, with these options. kInvalidInput for an option that cannot be.
// Pure.
Result<std::vector<objects::Object>> install_manifests(const InstallOptions& options);

// The same as YAML documents.
std::string install_yaml(const std::vector<objects::Object>& manifests);

}  // namespace sealift::console
