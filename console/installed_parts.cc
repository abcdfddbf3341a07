#include <sealift/console/cluster_objects.h>
#include <sealift/console/install_manifests.h>
#include <sealift/kube/apply.h>

#include <array>

#include "installed_parts.h"

namespace sealift::console {
namespace {

// The kinds of packaging/install, in the order of removal: first whoever acts, last what holds
// everything else. Definitions go before the rights to them and take all that is left along.
const std::array<kube::Resource, 11>& installed_kinds() {
  constexpr auto kRbac = "rbac.authorization.k8s.io";
  static const std::array<kube::Resource, 11> kinds = {{
      {{"apps", "v1", "Deployment"}, "deployments", true},
      {{"networking.k8s.io", "v1", "NetworkPolicy"}, "networkpolicies", true},
      {{"policy", "v1", "PodDisruptionBudget"}, "poddisruptionbudgets", true},
      {{"", "v1", "Service"}, "services", true},
      {{"apiextensions.k8s.io", "v1", "CustomResourceDefinition"},
       "customresourcedefinitions",
       false},
      {{kRbac, "v1", "RoleBinding"}, "rolebindings", true},
      {{kRbac, "v1", "ClusterRoleBinding"}, "clusterrolebindings", false},
      {{kRbac, "v1", "Role"}, "roles", true},
      {{kRbac, "v1", "ClusterRole"}, "clusterroles", false},
      {{"", "v1", "ServiceAccount"}, "serviceaccounts", true},
      {{"", "v1", "Namespace"}, "namespaces", false},
  }};
  return kinds;
}

}  // namespace

const kube::Resource& puller_resource() { return installed_kinds()[0]; }

Result<> collect_parts(const kube::ApiClient& client, std::string_view label_value,
                       std::stop_token stop, std::vector<InstalledPart>& parts) {
  const auto selector = std::string(kInstallLabel) + "=" + std::string(label_value);
  for (const auto& resource : installed_kinds()) {
    SEALIFT_ASSIGN(const auto found,
                   list_objects(client, resource, {"", selector}, Content::kMetadata, stop));
    for (const auto& object : found) {
      parts.push_back({&resource, std::string(object.string_at({"metadata", "namespace"})),
                       std::string(object.string_at({"metadata", "name"})),
                       std::string(object.string_at({"metadata", "uid"}))});
    }
  }
  return {};
}

Result<> remove_part(const kube::ApiClient& client, const InstalledPart& part,
                     const Progress& progress, std::stop_token stop) {
  SEALIFT_TRY(kube::delete_object(client, *part.resource, part.name_space, part.name, {part.uid},
                                  std::move(stop)));
  progress("removed", part.id().to_string());
  return {};
}

}  // namespace sealift::console
