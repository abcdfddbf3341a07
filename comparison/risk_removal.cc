#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "risk_checks.h"

namespace sealift::comparison {
namespace {

struct Loss {
  std::string_view group;
  std::string_view kind;
  Severity severity;
  std::string_view sentence;
};

constexpr std::array<Loss, 13> kLosses = {{
    {"", "PersistentVolumeClaim", Severity::kHigh,
     "its data is lost where the volume's reclaim policy is Delete"},
    {"", "PersistentVolume", Severity::kHigh, "the cluster no longer knows the volume"},
    {"", "Namespace", Severity::kHigh, "everything in it is deleted with it, data too"},
    {"apiextensions.k8s.io", "CustomResourceDefinition", Severity::kHigh,
     "all custom resources of this kind are deleted with it, in every namespace"},
    {"apps", "StatefulSet", Severity::kHigh,
     "its pods go, and the data of their claims may go with them "
     "(persistentVolumeClaimRetentionPolicy)"},
    {"", "Secret", Severity::kMedium, "pods that use it no longer start"},
    {"apps", "Deployment", Severity::kMedium, "its pods go"},
    {"apps", "DaemonSet", Severity::kMedium, "its pods go from every node"},
    {"", "Service", Severity::kMedium, "whoever calls it finds nobody"},
    {"networking.k8s.io", "Ingress", Severity::kMedium, "it is no longer reached from outside"},
    {"networking.k8s.io", "NetworkPolicy", Severity::kHigh,
     "connections that it forbade may be allowed"},
    {"", "ResourceQuota", Severity::kMedium, "its limits no longer hold"},
    {"policy", "PodDisruptionBudget", Severity::kMedium,
     "a drained node may take all of its pods at once"},
}};

}  // namespace

void check_removal(const ObjectChange& change, Findings& findings) {
  if (change.kind != ChangeKind::kRemoved) return;
  const auto* const loss = std::find_if(kLosses.begin(), kLosses.end(), [&](const Loss& known) {
    return known.group == change.id.group && known.kind == change.id.kind;
  });
  if (loss == kLosses.end()) return findings.add(Severity::kLow, "", "it is removed");
  findings.add(loss->severity, "", "it is removed: " + std::string(loss->sentence));
}

}  // namespace sealift::comparison
