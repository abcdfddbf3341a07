#include <sealift/objects/scope.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace sealift::objects {
namespace {

struct Kind {
  std::string_view group;
  std::string_view kind;
};

// The cluster-scoped kinds of the groups that kube-apiserver 1.36 itself serves; all others in
// these groups live in namespaces.
constexpr std::array kClusterScoped = {
    Kind{"", "ComponentStatus"},
    Kind{"", "Namespace"},
    Kind{"", "Node"},
    Kind{"", "PersistentVolume"},
    Kind{"admissionregistration.k8s.io", "MutatingAdmissionPolicy"},
    Kind{"admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"},
    Kind{"admissionregistration.k8s.io", "MutatingWebhookConfiguration"},
    Kind{"admissionregistration.k8s.io", "ValidatingAdmissionPolicy"},
    Kind{"admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"},
    Kind{"admissionregistration.k8s.io", "ValidatingWebhookConfiguration"},
    Kind{"apiextensions.k8s.io", "CustomResourceDefinition"},
    Kind{"apiregistration.k8s.io", "APIService"},
    Kind{"authentication.k8s.io", "SelfSubjectReview"},
    Kind{"authentication.k8s.io", "TokenReview"},
    Kind{"authorization.k8s.io", "SelfSubjectAccessReview"},
    Kind{"authorization.k8s.io", "SelfSubjectRulesReview"},
    Kind{"authorization.k8s.io", "SubjectAccessReview"},
    Kind{"certificates.k8s.io", "CertificateSigningRequest"},
    Kind{"certificates.k8s.io", "ClusterTrustBundle"},
    Kind{"flowcontrol.apiserver.k8s.io", "FlowSchema"},
    Kind{"flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"},
    Kind{"internal.apiserver.k8s.io", "StorageVersion"},
    Kind{"networking.k8s.io", "IPAddress"},
    Kind{"networking.k8s.io", "IngressClass"},
    Kind{"networking.k8s.io", "ServiceCIDR"},
    Kind{"node.k8s.io", "RuntimeClass"},
    Kind{"rbac.authorization.k8s.io", "ClusterRole"},
    Kind{"rbac.authorization.k8s.io", "ClusterRoleBinding"},
    Kind{"resource.k8s.io", "DeviceClass"},
    Kind{"resource.k8s.io", "DeviceTaintRule"},
    Kind{"resource.k8s.io", "ResourceSlice"},
    Kind{"scheduling.k8s.io", "PriorityClass"},
    Kind{"storage.k8s.io", "CSIDriver"},
    Kind{"storage.k8s.io", "CSINode"},
    Kind{"storage.k8s.io", "StorageClass"},
    Kind{"storage.k8s.io", "VolumeAttachment"},
    Kind{"storage.k8s.io", "VolumeAttributesClass"},
    Kind{"storagemigration.k8s.io", "StorageVersionMigration"},
};

// Groups that only kube-apiserver serves, so that a kind that is not in the table is namespaced.
// Any other *.k8s.io group may belong to a definition of somebody else.
constexpr std::array<std::string_view, 22> kBuiltinGroups = {"",
                                                             "admissionregistration.k8s.io",
                                                             "apiextensions.k8s.io",
                                                             "apiregistration.k8s.io",
                                                             "apps",
                                                             "authentication.k8s.io",
                                                             "authorization.k8s.io",
                                                             "autoscaling",
                                                             "batch",
                                                             "certificates.k8s.io",
                                                             "coordination.k8s.io",
                                                             "discovery.k8s.io",
                                                             "events.k8s.io",
                                                             "flowcontrol.apiserver.k8s.io",
                                                             "networking.k8s.io",
                                                             "node.k8s.io",
                                                             "policy",
                                                             "rbac.authorization.k8s.io",
                                                             "resource.k8s.io",
                                                             "scheduling.k8s.io",
                                                             "storage.k8s.io",
                                                             "storagemigration.k8s.io"};

}  // namespace

std::optional<bool> is_builtin_namespaced(const GroupVersionKind& gvk) {
  const auto group = std::find(kBuiltinGroups.begin(), kBuiltinGroups.end(), gvk.group);
  if (group == kBuiltinGroups.end()) return std::nullopt;
  return std::none_of(kClusterScoped.begin(), kClusterScoped.end(), [&](const Kind& kind) {
    return kind.group == gvk.group && kind.kind == gvk.kind;
  });
}

std::optional<bool> is_defined_namespaced(const std::vector<Object>& objects,
                                          const GroupVersionKind& gvk) {
  for (const auto& object : objects) {
    const auto& json = object.json();
    if (object.gvk().kind == "CustomResourceDefinition" &&
        object.gvk().group == "apiextensions.k8s.io" &&
        json.string_at({"spec", "group"}) == gvk.group &&
        json.string_at({"spec", "names", "kind"}) == gvk.kind) {
      return json.string_at({"spec", "scope"}) == "Namespaced";
    }
  }
  return std::nullopt;
}

}  // namespace sealift::objects
