#include <sealift/objects/existence_health.h>

#include <algorithm>
#include <array>

namespace sealift::objects {

bool is_healthy_by_existing(std::string_view group, std::string_view kind) {
  static constexpr std::array<std::string_view, 6> kCore = {
      "ConfigMap", "Secret", "ServiceAccount", "LimitRange", "Endpoints", "PodTemplate"};
  static constexpr std::array<std::string_view, 6> kGroups = {
      "rbac.authorization.k8s.io",    "scheduling.k8s.io", "storage.k8s.io",
      "admissionregistration.k8s.io", "networking.k8s.io", "node.k8s.io"};
  const auto has = [](const auto& list, std::string_view wanted) {
    return std::find(list.begin(), list.end(), wanted) != list.end();
  };
  return group.empty() ? has(kCore, kind) : has(kGroups, group);
}

}  // namespace sealift::objects
