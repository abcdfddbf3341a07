#include <sealift/base/encoding.h>
#include <sealift/console/install_manifests.h>
#include <sealift/controller/definitions.h>
#include <sealift/objects/label_selector.h>
#include <sealift/objects/names.h>
#include <sealift/objects/order.h>
#include <sealift/objects/yaml.h>

#include <cassert>
#include <utility>

#include "install_templates.h"

namespace sealift::console {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
constexpr int kWebhookPort = 9292;
constexpr std::string_view kWebhookFolder = "/etc/sealift/webhooks";
constexpr std::string_view kNotifyFolder = "/etc/sealift/notify";
constexpr std::string_view kTrustFolder = "/etc/sealift/trust";

Error bad(std::string_view flag, std::string_view value, std::string_view problem) {
  return Error(ErrorCode::kInvalidInput,
               std::string(flag) + " \"" + printable(value, 80) + "\" " + std::string(problem));
}

Result<> check_label(std::string_view flag, std::string_view name) {
  const auto problem = objects::rfc1123_label_problem(name);
  if (!problem.empty()) return fail(bad(flag, name, problem));
  return {};
}

Result<> check_optional_name(std::string_view flag, std::string_view name) {
  const auto problem = name.empty() ? std::string_view() : objects::rfc1123_subdomain_problem(name);
  if (!problem.empty()) return fail(bad(flag, name, problem));
  return {};
}

Result<> check(const InstallOptions& options) {
  SEALIFT_TRY(check_label("--namespace", options.name_space));
  for (const auto& name : options.watch_namespaces) {
    SEALIFT_TRY(check_label("--watch-namespace", name));
  }
  const bool blank = options.image.find_first_of(" \t\r\n") != std::string::npos;
  if (options.image.empty() || blank || options.image.size() > 512) {
    return fail(bad("--image", options.image,
                    "is no image; name the puller's in a registry that the cluster can reach"));
  }
  SEALIFT_TRY(check_optional_name("--default-service-account", options.default_service_account));
  SEALIFT_TRY(check_optional_name("--priority-class", options.priority_class));
  SEALIFT_TRY(check_optional_name("--state-claim", options.state_claim));
  SEALIFT_TRY(check_optional_name("--webhook-secret", options.webhook_secret));
  SEALIFT_TRY(check_optional_name("--notify-secret", options.notify_secret));
  SEALIFT_TRY(check_optional_name("--trust-configmap", options.trust_config_map));
  if (const auto selector = objects::LabelSelector::parse(options.shard_selector); !selector) {
    return fail(bad("--shard-selector", options.shard_selector, selector.error().message()));
  }
  if (!options.state_claim.empty() && options.replicas > 1) {
    return fail(ErrorCode::kInvalidInput,
                "--state-claim is one volume, and two pullers must not share their state; give "
                "--replicas 1 as well");
  }
  return {};
}

// A path of members and list positions of a template, which is ours and has them.
Json& at(Json& json, std::initializer_list<std::string_view> names) {
  Json* here = &json;
  for (const auto name : names) {
    const bool is_index = name.size() == 1 && name[0] >= '0' && name[0] <= '9';
    here = is_index ? &here->as_array()->at(static_cast<std::size_t>(name[0] - '0'))
                    : here->find(name);
    assert(here != nullptr && "packaging/install has another shape");
  }
  return *here;
}

Json text_pair(std::string_view first, std::string_view a, std::string_view second, Json b) {
  Json json;
  json.set(first, a);
  json.set(second, std::move(b));
  return json;
}

std::vector<std::string> more_arguments(const InstallOptions& options) {
  std::vector<std::string> arguments = {"--lease-namespace=" + options.name_space};
  for (const auto& name : options.watch_namespaces) {
    arguments.push_back("--watch-namespace=" + name);
  }
  if (!options.default_service_account.empty()) {
    arguments.push_back("--default-service-account=" + options.default_service_account);
  }
  if (options.allow_own_identity) arguments.emplace_back("--allow-own-identity");
  if (options.allow_local_addresses) arguments.emplace_back("--allow-local-addresses");
  for (const auto& provider : options.allowed_providers) {
    arguments.push_back("--allow-provider=" + provider);
  }
  if (!options.shard_selector.empty()) {
    arguments.push_back("--shard-selector=" + options.shard_selector);
  }
  if (options.cross_namespace_dependencies) {
    arguments.emplace_back("--allow-cross-namespace-dependencies");
  }
  if (options.all_events) arguments.emplace_back("--events=all");
  if (options.delivery_metrics) arguments.emplace_back("--delivery-metrics");
  if (!options.notify_secret.empty()) {
    arguments.push_back("--notify=" + std::string(kNotifyFolder) + "/notifications.yaml");
  }
  if (!options.trust_config_map.empty()) {
    arguments.push_back("--trust-dir=" + std::string(kTrustFolder));
  }
  if (!options.webhook_secret.empty()) {
    arguments.push_back("--webhook-listen=:" + std::to_string(kWebhookPort));
    arguments.push_back("--webhook-secrets=" + std::string(kWebhookFolder));
  }
  return arguments;
}

// `volume` is the volume's own name, `kind` its source and that source's member for a name.
void mount(std::string_view volume, std::string_view folder,
           std::pair<std::string_view, std::string_view> kind, const std::string& name, Json& pod,
           Json& container) {
  if (name.empty()) return;
  auto mount = text_pair("name", volume, "mountPath", folder);
  mount.set("readOnly", true);
  at(container, {"volumeMounts"}).push_back(std::move(mount));
  Json source;
  source.set(kind.second, name);
  at(pod, {"volumes"}).push_back(text_pair("name", volume, kind.first, std::move(source)));
}

void add_webhook_port(const InstallOptions& options, Json& container) {
  if (options.webhook_secret.empty()) return;
  Json port;
  port.set("name", "webhook");
  port.set("containerPort", kWebhookPort);
  at(container, {"ports"}).push_back(std::move(port));
}

void edit_deployment(const InstallOptions& options, Json& deployment) {
  auto& spec = at(deployment, {"spec"});
  spec.set("replicas", static_cast<std::int64_t>(options.replicas));
  auto& pod = at(spec, {"template", "spec"});
  auto& container = at(pod, {"containers", "0"});
  container.set("image", options.image);
  for (auto& argument : more_arguments(options)) {
    at(container, {"args"}).push_back(std::move(argument));
  }
  pod.erase("priorityClassName");
  if (!options.priority_class.empty()) pod.set("priorityClassName", options.priority_class);
  if (!options.state_claim.empty()) {
    Json claim;
    claim.set("claimName", options.state_claim);
    at(pod, {"volumes", "0"}) =
        text_pair("name", "state", "persistentVolumeClaim", std::move(claim));
    // Two pods on one volume would wait for each other.
    Json recreate;
    recreate.set("type", "Recreate");
    spec.set("strategy", std::move(recreate));
  }
  add_webhook_port(options, container);
  mount("webhooks", kWebhookFolder, {"secret", "secretName"}, options.webhook_secret, pod,
        container);
  mount("notify", kNotifyFolder, {"secret", "secretName"}, options.notify_secret, pod, container);
  mount("trust", kTrustFolder, {"configMap", "name"}, options.trust_config_map, pod, container);
}

Json tcp_port(int port) { return text_pair("protocol", "TCP", "port", port); }

void edit_network_policy(const InstallOptions& options, Json& policy) {
  for (const auto port : options.egress_ports) {
    at(policy, {"spec", "egress", "1", "ports"}).push_back(tcp_port(port));
  }
  if (!options.webhook_secret.empty()) {
    at(policy, {"spec", "ingress", "0", "ports"}).push_back(tcp_port(kWebhookPort));
  }
}

void edit_service(const InstallOptions& options, Json& service) {
  if (options.webhook_secret.empty()) return;
  auto port = text_pair("name", "webhook", "port", kWebhookPort);
  port.set("targetPort", "webhook");
  at(service, {"spec", "ports"}).push_back(std::move(port));
}

// A RoleBinding where `name_space` is given, otherwise a ClusterRoleBinding.
Json binding(const InstallOptions& options, std::string_view role, std::string_view role_kind,
             const std::string& name_space) {
  auto metadata = Json(Json::Object{{"name", role}});
  if (!name_space.empty()) metadata.set("namespace", name_space);
  Json subject;
  subject.set("kind", "ServiceAccount");
  subject.set("name", kPullerName);
  subject.set("namespace", options.name_space);
  Json subjects = Json::array();
  subjects.push_back(std::move(subject));
  Json reference;
  reference.set("apiGroup", kRbac);
  reference.set("kind", role_kind);
  reference.set("name", role);
  Json json;
  json.set("apiVersion", std::string(kRbac) + "/v1");
  json.set("kind", name_space.empty() ? "ClusterRoleBinding" : "RoleBinding");
  json.set("metadata", std::move(metadata));
  json.set("roleRef", std::move(reference));
  json.set("subjects", std::move(subjects));
  return json;
}

// Cluster-wide bindings of an installation for some namespaces bear its name, so that two of them
// do not take each other's.
Json cluster_binding(const InstallOptions& options, std::string_view role) {
  auto json = binding(options, role, "ClusterRole", "");
  if (!options.watch_namespaces.empty() || options.name_space != "sealift-system") {
    at(json, {"metadata"}).set("name", std::string(role) + "-" + options.name_space);
  }
  return json;
}

std::vector<Json> bindings(const InstallOptions& options) {
  std::vector<Json> all;
  all.push_back(binding(options, "sealift-puller-leader", "Role", options.name_space));
  all.push_back(cluster_binding(options, "sealift-puller-policies"));
  if (options.watch_namespaces.empty()) {
    all.push_back(cluster_binding(options, "sealift-puller-deliveries"));
    all.push_back(cluster_binding(options, "sealift-puller-watch"));
  }
  for (const auto& name_space : options.watch_namespaces) {
    all.push_back(binding(options, "sealift-puller-deliveries", "ClusterRole", name_space));
  }
  return all;
}

void edit(const InstallOptions& options, Json& json) {
  const auto kind = json.string_at({"kind"});
  if (kind == "Deployment") edit_deployment(options, json);
  if (kind == "NetworkPolicy") edit_network_policy(options, json);
  if (kind == "Service") edit_service(options, json);
  auto& metadata = at(json, {"metadata"});
  if (kind == "Namespace") metadata.set("name", options.name_space);
  if (metadata.find("namespace") != nullptr && kind != "RoleBinding") {
    metadata.set("namespace", options.name_space);
  }
}

bool is_shared(const objects::Object& object) {
  return object.gvk().kind == "CustomResourceDefinition" || object.gvk().kind == "ClusterRole";
}

Result<objects::Object> finish(const InstallOptions& options, Json json) {
  SEALIFT_ASSIGN(auto object, objects::parse_object(std::move(json), "packaging/install"));
  object.set_label("app.kubernetes.io/name", std::string(kPullerName));
  object.set_label("app.kubernetes.io/part-of", "sealift");
  if (!options.version.empty()) object.set_label("app.kubernetes.io/version", options.version);
  object.set_label(kInstallLabel,
                   is_shared(object) ? std::string(kSharedInstall) : options.name_space);
  return object;
}

}  // namespace

Result<std::vector<objects::Object>> install_manifests(const InstallOptions& options) {
  SEALIFT_TRY(check(options));
  std::vector<Json> documents = bindings(options);
  for (const auto text :
       {controller::delivery_definition(), controller::trust_policy_definition(),
        install_namespace(), install_puller(), install_puller_roles(), install_tenant_roles()}) {
    SEALIFT_ASSIGN(auto parsed, objects::parse_yaml(text, "packaging/install"));
    for (auto& document : parsed) documents.push_back(std::move(document.value));
  }
  std::vector<objects::Object> manifests;
  for (auto& document : documents) {
    edit(options, document);
    SEALIFT_ASSIGN(auto object, finish(options, std::move(document)));
    manifests.push_back(std::move(object));
  }
  SEALIFT_TRY(objects::sort_for_apply(manifests));
  return manifests;
}

std::string install_yaml(const std::vector<objects::Object>& manifests) {
  std::string text;
  for (const auto& manifest : manifests) text += "---\n" + objects::dump_yaml(manifest.json());
  return text;
}

}  // namespace sealift::console
