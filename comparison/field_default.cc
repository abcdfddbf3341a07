#include "field_default.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::comparison {
namespace {

struct Default {
  std::string_view kind;  // empty: any built-in one
  std::string_view path;  // the whole place; its end where any kind is meant
  Json value;
};

const std::vector<Default>& pod_defaults() {
  static const std::vector<Default> all = {
      {"", "ports/protocol", "TCP"},
      {"", "terminationMessagePath", "/dev/termination-log"},
      {"", "terminationMessagePolicy", "File"},
      {"", "dnsPolicy", "ClusterFirst"},
      {"", "schedulerName", "default-scheduler"},
      {"", "enableServiceLinks", true},
      {"", "hostNetwork", false},
      {"", "hostPID", false},
      {"", "hostIPC", false},
      {"", "shareProcessNamespace", false},
      {"", "securityContext/privileged", false},
      {"", "securityContext/readOnlyRootFilesystem", false},
      {"", "securityContext/procMount", "Default"},
      {"", "containers/stdin", false},
      {"", "containers/stdinOnce", false},
      {"", "containers/tty", false},
      {"", "volumeMounts/readOnly", false},
      {"", "httpGet/scheme", "HTTP"},
      {"", "volumes/configMap/defaultMode", 420},
      {"", "volumes/secret/defaultMode", 420},
      {"", "volumes/projected/defaultMode", 420},
      {"", "volumes/downwardAPI/defaultMode", 420},
      {"", "volumes/configMap/optional", false},
      {"", "volumes/secret/optional", false},
      {"", "volumes/hostPath/type", ""},
      {"", "serviceAccountToken/expirationSeconds", 3600},
      {"", "fieldRef/apiVersion", "v1"},
      {"", "resourceFieldRef/divisor", "0"},
      {"", "configMapKeyRef/optional", false},
      {"", "secretKeyRef/optional", false},
      {"", "configMapRef/optional", false},
      {"", "secretRef/optional", false},
      {"", "persistentVolumeClaim/readOnly", false},
      {"Pod", "spec/restartPolicy", "Always"},
      {"", "template/spec/terminationGracePeriodSeconds", 30},
      {"Pod", "spec/terminationGracePeriodSeconds", 30},
      {"Deployment", "spec/template/spec/restartPolicy", "Always"},
      {"StatefulSet", "spec/template/spec/restartPolicy", "Always"},
      {"DaemonSet", "spec/template/spec/restartPolicy", "Always"},
      {"ReplicaSet", "spec/template/spec/restartPolicy", "Always"},
  };
  return all;
}

const std::vector<Default>& object_defaults() {
  static const std::vector<Default> all = {
      {"Deployment", "spec/replicas", 1},
      {"ReplicaSet", "spec/replicas", 1},
      {"StatefulSet", "spec/replicas", 1},
      {"Deployment", "spec/revisionHistoryLimit", 10},
      {"StatefulSet", "spec/revisionHistoryLimit", 10},
      {"DaemonSet", "spec/revisionHistoryLimit", 10},
      {"Deployment", "spec/progressDeadlineSeconds", 600},
      {"Deployment", "spec/strategy/type", "RollingUpdate"},
      {"Deployment", "spec/strategy/rollingUpdate/maxSurge", "25%"},
      {"Deployment", "spec/strategy/rollingUpdate/maxUnavailable", "25%"},
      {"Deployment", "spec/paused", false},
      {"StatefulSet", "spec/podManagementPolicy", "OrderedReady"},
      {"StatefulSet", "spec/updateStrategy/type", "RollingUpdate"},
      {"StatefulSet", "spec/volumeClaimTemplates/spec/volumeMode", "Filesystem"},
      {"DaemonSet", "spec/updateStrategy/type", "RollingUpdate"},
      {"Job", "spec/suspend", false},
      {"Job", "spec/backoffLimit", 6},
      {"CronJob", "spec/suspend", false},
      {"CronJob", "spec/concurrencyPolicy", "Allow"},
      {"CronJob", "spec/successfulJobsHistoryLimit", 3},
      {"CronJob", "spec/failedJobsHistoryLimit", 1},
      {"Service", "spec/type", "ClusterIP"},
      {"Service", "spec/sessionAffinity", "None"},
      {"Service", "spec/internalTrafficPolicy", "Cluster"},
      {"Service", "spec/externalTrafficPolicy", "Cluster"},
      {"Service", "spec/publishNotReadyAddresses", false},
      {"Service", "spec/allocateLoadBalancerNodePorts", true},
      {"Secret", "type", "Opaque"},
      {"Secret", "immutable", false},
      {"ConfigMap", "immutable", false},
      {"PersistentVolumeClaim", "spec/volumeMode", "Filesystem"},
      {"PersistentVolume", "spec/volumeMode", "Filesystem"},
      {"StorageClass", "reclaimPolicy", "Delete"},
      {"StorageClass", "volumeBindingMode", "Immediate"},
      {"ValidatingWebhookConfiguration", "webhooks/failurePolicy", "Fail"},
      {"MutatingWebhookConfiguration", "webhooks/failurePolicy", "Fail"},
      {"ValidatingWebhookConfiguration", "webhooks/matchPolicy", "Equivalent"},
      {"MutatingWebhookConfiguration", "webhooks/matchPolicy", "Equivalent"},
      {"ValidatingWebhookConfiguration", "webhooks/timeoutSeconds", 10},
      {"MutatingWebhookConfiguration", "webhooks/timeoutSeconds", 10},
      {"MutatingWebhookConfiguration", "webhooks/reinvocationPolicy", "Never"},
      {"ValidatingWebhookConfiguration", "webhooks/rules/scope", "*"},
      {"MutatingWebhookConfiguration", "webhooks/rules/scope", "*"},
      {"ValidatingWebhookConfiguration", "webhooks/clientConfig/service/port", 443},
      {"MutatingWebhookConfiguration", "webhooks/clientConfig/service/port", 443},
      {"CustomResourceDefinition", "spec/conversion/strategy", "None"},
      {"RoleBinding", "roleRef/apiGroup", "rbac.authorization.k8s.io"},
      {"ClusterRoleBinding", "roleRef/apiGroup", "rbac.authorization.k8s.io"},
      {"PriorityClass", "preemptionPolicy", "PreemptLowerPriority"},
      {"PriorityClass", "globalDefault", false},
  };
  return all;
}

std::optional<Json> find(const std::vector<Default>& defaults, const Place& place) {
  for (const auto& entry : defaults) {
    const bool fits = entry.kind.empty() ? place.ends_with(entry.path)
                                         : entry.kind == place.kind && place.is(entry.path);
    if (fits) return entry.value;
  }
  return std::nullopt;
}

std::optional<Json> probe_default(const Place& place) {
  static constexpr std::array<std::pair<std::string_view, int>, 5> kNumbers = {
      {{"initialDelaySeconds", 0},
       {"timeoutSeconds", 1},
       {"periodSeconds", 10},
       {"successThreshold", 1},
       {"failureThreshold", 3}}};
  const auto& names = place.names;
  if (names.size() < 2 || !names[names.size() - 2].ends_with("Probe")) return std::nullopt;
  for (const auto& [name, value] : kNumbers) {
    if (name == names.back()) return Json(value);
  }
  return std::nullopt;
}

// "registry:5000/shop/web:latest" and what has neither tag nor digest is pulled each time.
Json pull_policy_of(std::string_view image) {
  const bool has_digest = image.find('@') != std::string_view::npos;
  const auto slash = image.rfind('/');
  const auto name = slash == std::string_view::npos ? image : image.substr(slash + 1);
  const auto colon = name.find(':');
  const bool moves =
      !has_digest && (colon == std::string_view::npos || name.substr(colon) == ":latest");
  return moves ? "Always" : "IfNotPresent";
}

std::optional<Json> derived_default(const Place& place, const Json* around) {
  if (around == nullptr) return std::nullopt;
  const bool is_target = place.kind == "Service" && place.is("spec/ports/targetPort");
  if (const Json* port = is_target ? around->find("port") : nullptr) return *port;
  const bool is_policy = place.ends_with("imagePullPolicy");
  if (const Json* image = is_policy ? around->find("image") : nullptr) {
    if (const auto* text = image->as_string()) return pull_policy_of(*text);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Json> field_default(const Place& place, const Json* around) {
  if (!place.is_builtin || place.names.empty() || place.is_entry()) return std::nullopt;
  if (auto found = find(object_defaults(), place)) return found;
  if (auto found = find(pod_defaults(), place)) return found;
  if (auto found = probe_default(place)) return found;
  return derived_default(place, around);
}

}  // namespace sealift::comparison
