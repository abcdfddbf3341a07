#include "flux_kustomization.h"

#include <sealift/base/encoding.h>

#include <array>
#include <utility>

namespace sealift::console {
namespace {

constexpr std::string_view kAtPush =
    "manifests are rendered when the artifact is built: put it into the kustomization.yaml of the "
    "folder that \"sealift push --path\" names";

// What belongs to Flux itself or to one moment.
bool stays_behind(std::string_view key) {
  constexpr std::array<std::string_view, 3> kPrefixes = {
      "kustomize.toolkit.fluxcd.io/", "reconcile.fluxcd.io/",
      "kubectl.kubernetes.io/last-applied-configuration"};
  for (const auto prefix : kPrefixes) {
    if (key.starts_with(prefix)) return true;
  }
  return false;
}

void copy_map(const Json* from, std::string_view name, Json& metadata) {
  if (from == nullptr || from->as_object() == nullptr) return;
  Json kept = Json::object();
  for (const auto& [key, value] : *from->as_object()) {
    if (!stays_behind(key)) kept.set(key, value);
  }
  if (!kept.as_object()->empty()) metadata.set(name, std::move(kept));
}

Json convert_metadata(const objects::Object& object) {
  Json metadata;
  metadata.set("name", object.name());
  if (!object.name_space().empty()) metadata.set("namespace", object.name_space());
  const auto* from = object.json().find("metadata");
  copy_map(from->find("labels"), "labels", metadata);
  copy_map(from->find("annotations"), "annotations", metadata);
  return metadata;
}

void copy_text(FluxFields& from, std::string_view name, Json& to) {
  auto text = from.text(name);
  if (!text.empty()) to.set(name, std::move(text));
}

// Flux begins at the artifact's root, with or without "./".
void convert_path(FluxFields& spec, Json& delivery) {
  auto path = spec.text("path");
  while (path.starts_with("./") || path.starts_with('/')) path.erase(0, path[0] == '/' ? 1 : 2);
  while (path.ends_with('/')) path.pop_back();
  if (!path.empty() && path != ".") delivery.set("path", std::move(path));
}

void convert_kube_config(FluxFields& spec, Remarks& remarks, Json& delivery) {
  const auto* config = spec.take("kubeConfig");
  if (config == nullptr) return;
  FluxFields fields(config, "spec.kubeConfig", remarks);
  const auto* reference = fields.take("secretRef");
  fields.lose("configMapRef",
              "Sealift does not log in to clouds; put a kubeconfig into a Secret and name it in "
              "spec.kubeConfig.secretRef");
  fields.lose_rest();
  if (reference == nullptr) {
    // Without it the objects would go into the puller's own cluster.
    remarks.refuse("spec.kubeConfig", "names no Secret with a kubeconfig");
    return;
  }
  FluxFields from(reference, "spec.kubeConfig.secretRef", remarks);
  Json secret;
  copy_text(from, "name", secret);
  copy_text(from, "key", secret);
  from.lose_rest();
  Json to;
  to.set("secretRef", std::move(secret));
  delivery.set("kubeConfig", std::move(to));
}

// What happens to the objects of one that is deleted.
void convert_deletion(FluxFields& spec, bool prune, Remarks& remarks, Json& delivery) {
  const auto policy = spec.text("deletionPolicy");
  if (policy == "Orphan" || (!prune && (policy.empty() || policy == "MirrorPrune"))) {
    delivery.set("deletionPolicy", "orphan");
  } else if (policy == "WaitForTermination") {
    remarks.note("spec.deletionPolicy",
                 "the objects are deleted, and the Delivery goes when the API server has taken the "
                 "deletions");
  }
}

void convert_wait(FluxFields& spec, Remarks& remarks, Json& delivery) {
  const bool wait = spec.flag("wait");
  const auto* checks = spec.take("healthChecks");
  const bool some = !wait && checks != nullptr && !is_empty(*checks);
  delivery.set("wait", wait || some);
  if (some) {
    remarks.note("spec.healthChecks", "all objects are waited for, not only those that are listed");
  }
  const auto* expressions = spec.take("healthCheckExprs");
  if (expressions == nullptr) return;
  auto converted =
      convert_health_expressions(*expressions, spec.path_of("healthCheckExprs"), remarks);
  if (!is_empty(converted)) delivery.set("healthChecks", std::move(converted));
}

void convert_dependencies(FluxFields& spec, const std::string& name_space, Remarks& remarks,
                          Json& delivery) {
  const auto* list = spec.take("dependsOn");
  if (list == nullptr || list->as_array() == nullptr) return;
  Json all = Json::array();
  for (const auto& entry : *list->as_array()) {
    FluxFields fields(&entry, "spec.dependsOn", remarks);
    Json dependency;
    copy_text(fields, "name", dependency);
    const auto other = fields.text("namespace");
    if (!other.empty() && other != name_space) {
      dependency.set("namespace", other);
      remarks.note("spec.dependsOn",
                   "the Delivery " + printable(other, 80) + "/" +
                       printable(dependency.string_at({"name"}), 80) +
                       " must allow it: annotation sealift.dev/allow-dependents: \"" +
                       printable(name_space, 80) + "\"");
    }
    fields.lose("readyExpr", "a dependency is met when its Delivery is Ready");
    fields.lose_rest();
    all.push_back(std::move(dependency));
  }
  if (!all.as_array()->empty()) delivery.set("dependsOn", std::move(all));
}

void convert_substitution(FluxFields& spec, Remarks& remarks, Json& delivery) {
  const auto* post_build = spec.take("postBuild");
  if (post_build == nullptr) return;
  FluxFields fields(post_build, "spec.postBuild", remarks);
  for (const auto* name : {"substitute", "substituteFrom"}) {
    const auto* value = fields.take(name);
    if (value != nullptr && !is_empty(*value)) delivery.set(name, *value);
  }
  const auto strategy = fields.text("substituteStrategy");
  if (strategy == "Always" && delivery.find("substitute") == nullptr &&
      delivery.find("substituteFrom") == nullptr) {
    remarks.lose("spec.postBuild.substituteStrategy",
                 "without variables nothing is substituted; name one in spec.substitute");
  }
  fields.lose_rest();
}

Json convert_ignore_rule(const Json& rule, Remarks& remarks) {
  FluxFields fields(&rule, "spec.ignore", remarks);
  Json result;
  if (const auto* paths = fields.take("paths")) result.set("paths", *paths);
  if (const auto* target = fields.take("target")) {
    FluxFields selector(target, "spec.ignore.target", remarks);
    for (const auto* name : {"group", "kind", "namespace", "name"}) {
      // A regular expression in Flux; the usual one has a simple form here.
      auto text = selector.text(name);
      for (auto at = text.find(".*"); at != std::string::npos; at = text.find(".*")) {
        text.replace(at, 2, "*");
      }
      if (!text.empty() && text != "*") result.set(name, std::move(text));
    }
    selector.take("version");
    constexpr std::string_view kBySelector =
        "rules name objects by group, kind, namespace and name";
    selector.lose("labelSelector", std::string(kBySelector));
    selector.lose("annotationSelector", std::string(kBySelector));
    selector.lose_rest();
  }
  fields.lose_rest();
  return result;
}

void convert_ignore(FluxFields& spec, Remarks& remarks, Json& delivery) {
  const auto* list = spec.take("ignore");
  if (list == nullptr || list->as_array() == nullptr) return;
  Json rules = Json::array();
  for (const auto& rule : *list->as_array()) rules.push_back(convert_ignore_rule(rule, remarks));
  if (!rules.as_array()->empty()) delivery.set("driftRules", std::move(rules));
}

void lose_rendering(FluxFields& spec) {
  for (const auto* name :
       {"patches", "images", "components", "namePrefix", "nameSuffix", "patchesStrategicMerge",
        "patchesJson6902", "buildMetadata", "ignoreMissingComponents"}) {
    spec.lose(name, std::string(kAtPush));
  }
  spec.lose("decryption",
            "Sealift does not decrypt SOPS files, and would apply them as they are; bring Secrets "
            "by another way, as an operator that decrypts in the cluster");
}

}  // namespace

Json convert_kustomization(const objects::Object& kustomization, FluxSource source,
                           Remarks& remarks) {
  FluxFields spec(kustomization.json().find("spec"), "spec", remarks);
  Json to;
  to.set("artifact", std::move(source.artifact));
  if (!source.interval.empty()) to.set("interval", source.interval);
  // Drift is seen when it happens, so nothing is left for the Kustomization's own interval.
  spec.take("interval");
  spec.take("sourceRef");
  copy_text(spec, "retryInterval", to);
  copy_text(spec, "timeout", to);
  convert_path(spec, to);
  copy_text(spec, "targetNamespace", to);
  copy_text(spec, "serviceAccountName", to);
  if (to.find("serviceAccountName") == nullptr) {
    remarks.note("spec.serviceAccountName",
                 "is absent; in a cluster Sealift delivers with a service account's rights: name "
                 "one, or give the puller --default-service-account");
  }
  convert_kube_config(spec, remarks, to);
  const bool prune = spec.flag("prune");
  to.set("prune", prune);
  convert_deletion(spec, prune, remarks, to);
  convert_wait(spec, remarks, to);
  convert_dependencies(spec, kustomization.name_space(), remarks, to);
  convert_substitution(spec, remarks, to);
  if (const auto* common = spec.take("commonMetadata"); common != nullptr && !is_empty(*common)) {
    to.set("commonMetadata", *common);
  }
  convert_ignore(spec, remarks, to);
  if (spec.flag("force")) to.set("force", true);
  if (spec.flag("suspend") || source.suspend) to.set("suspend", true);
  lose_rendering(spec);
  spec.lose_rest();
  Json delivery;
  delivery.set("apiVersion", "sealift.dev/v1alpha1");
  delivery.set("kind", "Delivery");
  delivery.set("metadata", convert_metadata(kustomization));
  delivery.set("spec", std::move(to));
  return delivery;
}

}  // namespace sealift::console
