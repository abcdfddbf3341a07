#include "api_lifetime.h"

namespace sealift::checks {
namespace {

struct Row {
  std::string_view group;
  std::string_view version;
  std::string_view kinds;    // with blanks between them
  std::uint32_t deprecated;  // minor releases of Kubernetes 1; 0: not known, or not yet
  std::uint32_t removed;
  std::string_view replacement;
};

// Kubernetes' deprecated API migration guide, and the lifecycles that its API types declare, up to
// kNewestKubeVersion.
constexpr Row kRows[] = {
    {"", "v1", "ComponentStatus", 19, 0, "the health endpoints of the components"},
    {"", "v1", "Endpoints", 33, 0, "discovery.k8s.io/v1 EndpointSlice"},
    {"admissionregistration.k8s.io", "v1alpha1",
     "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding", 29, 32,
     "admissionregistration.k8s.io/v1"},
    {"admissionregistration.k8s.io", "v1alpha1",
     "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding", 35, 38,
     "admissionregistration.k8s.io/v1beta1"},
    {"admissionregistration.k8s.io", "v1beta1",
     "MutatingWebhookConfiguration ValidatingWebhookConfiguration", 16, 22,
     "admissionregistration.k8s.io/v1"},
    {"admissionregistration.k8s.io", "v1beta1",
     "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding", 31, 34,
     "admissionregistration.k8s.io/v1"},
    {"admissionregistration.k8s.io", "v1beta1",
     "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding", 37, 40,
     "admissionregistration.k8s.io/v1"},
    {"apiextensions.k8s.io", "v1beta1", "CustomResourceDefinition", 16, 22,
     "apiextensions.k8s.io/v1"},
    {"apiregistration.k8s.io", "v1beta1", "APIService", 19, 22, "apiregistration.k8s.io/v1"},
    {"apps", "v1beta1", "ControllerRevision Deployment StatefulSet", 8, 16, "apps/v1"},
    {"apps", "v1beta1", "DeploymentRollback", 8, 16, ""},
    {"apps", "v1beta2", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet", 9, 16,
     "apps/v1"},
    {"auditregistration.k8s.io", "v1alpha1", "AuditSink", 0, 19, ""},
    {"authentication.k8s.io", "v1alpha1", "SelfSubjectReview", 29, 32, "authentication.k8s.io/v1"},
    {"authentication.k8s.io", "v1beta1", "SelfSubjectReview", 30, 33, "authentication.k8s.io/v1"},
    {"authentication.k8s.io", "v1beta1", "TokenReview", 19, 22, "authentication.k8s.io/v1"},
    {"authorization.k8s.io", "v1beta1",
     "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
     19, 22, "authorization.k8s.io/v1"},
    {"autoscaling", "v2beta1", "HorizontalPodAutoscaler", 22, 25, "autoscaling/v2"},
    {"autoscaling", "v2beta2", "HorizontalPodAutoscaler", 23, 26, "autoscaling/v2"},
    {"batch", "v1beta1", "CronJob", 21, 25, "batch/v1"},
    {"batch", "v2alpha1", "CronJob", 0, 21, "batch/v1"},
    {"certificates.k8s.io", "v1alpha1", "ClusterTrustBundle", 34, 37,
     "certificates.k8s.io/v1beta1"},
    {"certificates.k8s.io", "v1beta1", "CertificateSigningRequest", 19, 22,
     "certificates.k8s.io/v1"},
    {"certificates.k8s.io", "v1beta1", "ClusterTrustBundle", 37, 40, ""},
    {"coordination.k8s.io", "v1beta1", "Lease", 19, 22, "coordination.k8s.io/v1"},
    {"coordination.k8s.io", "v1alpha2", "LeaseCandidate", 35, 38, "coordination.k8s.io/v1beta1"},
    {"coordination.k8s.io", "v1beta1", "LeaseCandidate", 36, 39, ""},
    {"discovery.k8s.io", "v1beta1", "EndpointSlice", 21, 25, "discovery.k8s.io/v1"},
    {"events.k8s.io", "v1beta1", "Event", 22, 25, "events.k8s.io/v1"},
    {"extensions", "v1beta1", "DaemonSet Deployment ReplicaSet", 8, 16, "apps/v1"},
    {"extensions", "v1beta1", "DeploymentRollback", 8, 16, ""},
    {"extensions", "v1beta1", "Ingress", 14, 22, "networking.k8s.io/v1"},
    {"extensions", "v1beta1", "NetworkPolicy", 9, 16, "networking.k8s.io/v1"},
    {"extensions", "v1beta1", "PodSecurityPolicy", 10, 16,
     "the Pod Security admission of a namespace's labels"},
    {"flowcontrol.apiserver.k8s.io", "v1beta1", "FlowSchema PriorityLevelConfiguration", 23, 26,
     "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io", "v1beta2", "FlowSchema PriorityLevelConfiguration", 26, 29,
     "flowcontrol.apiserver.k8s.io/v1"},
    {"flowcontrol.apiserver.k8s.io", "v1beta3", "FlowSchema PriorityLevelConfiguration", 29, 32,
     "flowcontrol.apiserver.k8s.io/v1"},
    {"networking.k8s.io", "v1beta1", "Ingress IngressClass", 19, 22, "networking.k8s.io/v1"},
    {"networking.k8s.io", "v1beta1", "IPAddress ServiceCIDR", 34, 37, "networking.k8s.io/v1"},
    {"node.k8s.io", "v1beta1", "RuntimeClass", 22, 25, "node.k8s.io/v1"},
    {"policy", "v1beta1", "Eviction PodDisruptionBudget", 21, 25, "policy/v1"},
    {"policy", "v1beta1", "PodSecurityPolicy", 21, 25,
     "the Pod Security admission of a namespace's labels"},
    {"rbac.authorization.k8s.io", "v1alpha1", "ClusterRole ClusterRoleBinding Role RoleBinding", 17,
     22, "rbac.authorization.k8s.io/v1"},
    {"rbac.authorization.k8s.io", "v1beta1", "ClusterRole ClusterRoleBinding Role RoleBinding", 17,
     22, "rbac.authorization.k8s.io/v1"},
    {"resource.k8s.io", "v1beta1", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice",
     35, 38, "resource.k8s.io/v1"},
    {"resource.k8s.io", "v1beta2", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice",
     36, 39, "resource.k8s.io/v1"},
    {"resource.k8s.io", "v1alpha3", "DeviceTaintRule", 36, 39, "resource.k8s.io/v1beta2"},
    {"scheduling.k8s.io", "v1alpha1", "PriorityClass", 14, 17, "scheduling.k8s.io/v1"},
    {"scheduling.k8s.io", "v1beta1", "PriorityClass", 14, 22, "scheduling.k8s.io/v1"},
    {"settings.k8s.io", "v1alpha1", "PodPreset", 0, 20, ""},
    {"storage.k8s.io", "v1alpha1", "CSIStorageCapacity VolumeAttachment", 21, 24,
     "storage.k8s.io/v1"},
    {"storage.k8s.io", "v1alpha1", "VolumeAttributesClass", 32, 35, "storage.k8s.io/v1"},
    {"storage.k8s.io", "v1beta1", "CSIDriver StorageClass VolumeAttachment", 19, 22,
     "storage.k8s.io/v1"},
    {"storage.k8s.io", "v1beta1", "CSINode", 17, 22, "storage.k8s.io/v1"},
    {"storage.k8s.io", "v1beta1", "CSIStorageCapacity", 24, 27, "storage.k8s.io/v1"},
    {"storage.k8s.io", "v1beta1", "VolumeAttributesClass", 34, 37, "storage.k8s.io/v1"},
};

bool holds_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const auto blank = words.find(' ');
    if (words.substr(0, blank) == word) return true;
    words = blank == std::string_view::npos ? std::string_view() : words.substr(blank + 1);
  }
  return false;
}

std::optional<KubeVersion> release(std::uint32_t minor) {
  if (minor == 0) return std::nullopt;
  return KubeVersion{1, minor};
}

}  // namespace

std::optional<ApiLifetime> find_api_lifetime(const objects::GroupVersionKind& gvk) {
  for (const Row& row : kRows) {
    if (row.group != gvk.group || row.version != gvk.version || !holds_word(row.kinds, gvk.kind)) {
      continue;
    }
    return ApiLifetime{release(row.deprecated), release(row.removed), row.replacement};
  }
  return std::nullopt;
}

}  // namespace sealift::checks
