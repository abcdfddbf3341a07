#include <map>
#include <string>
#include <string_view>

#include "risk_checks.h"

namespace sealift::comparison {
namespace {

constexpr std::string_view kEnforce = "pod-security.kubernetes.io/enforce";

using ByName = std::map<std::string, const Json*, std::less<>>;

ByName by_name(const Json* list) {
  ByName items;
  if (list == nullptr || !list->is_array()) return items;
  for (const auto& item : *list->as_array()) {
    items.emplace(std::string(item.string_at({"name"})), &item);
  }
  return items;
}

bool is_served(const Json& version) {
  const Json* served = version.find("served");
  return served == nullptr || served->as_bool() == nullptr || *served->as_bool();
}

// Descriptions of fields are for people; a property of that name is no text.
void drop_descriptions(Json& schema) {
  if (auto* list = schema.as_array()) {
    for (auto& item : *list) drop_descriptions(item);
  } else if (auto* members = schema.as_object()) {
    const Json* description = schema.find("description");
    if (description != nullptr && description->is_string()) schema.erase("description");
    for (auto& [name, value] : *members) drop_descriptions(value);
  }
}

std::string schema_of(const Json& version) {
  const Json* found = version.find("schema");
  if (found == nullptr) return {};
  Json schema = *found;
  drop_descriptions(schema);
  return dump_json_sorted(schema);
}

void compare_versions(const Json& before, const Json& after, const std::string& name,
                      Findings& findings) {
  const auto path = "/spec/versions/[name=" + name + "]";
  if (is_served(before) && !is_served(after)) {
    findings.add(Severity::kHigh, path + "/served",
                 "the version " + name + " is no longer served: whoever asks for it fails");
  }
  if (schema_of(before) != schema_of(after)) {
    findings.add(Severity::kMedium, path + "/schema",
                 "the schema of " + name +
                     " is another: fields that it no longer has are dropped, objects that it no "
                     "longer allows are refused");
  }
}

std::string type_of(const Json& service) {
  const auto type = service.string_at({"spec", "type"});
  return type.empty() ? "ClusterIP" : std::string(type);
}

bool is_webhooks(const ObjectChange& change) {
  return change.id.kind == "ValidatingWebhookConfiguration" ||
         change.id.kind == "MutatingWebhookConfiguration";
}

bool is_ignored(const Json& webhook) { return webhook.string_at({"failurePolicy"}) == "Ignore"; }

void compare_webhooks(const ObjectChange& change, Findings& findings) {
  const auto after = by_name(change.after.find("webhooks"));
  for (const auto& [name, webhook] : by_name(change.before.find("webhooks"))) {
    const auto path = "/webhooks/[name=" + name + "]";
    const auto now = after.find(name);
    if (now == after.end()) {
      findings.add(Severity::kHigh, path, "the webhook " + name + " no longer judges anything");
    } else if (!is_ignored(*webhook) && is_ignored(*now->second)) {
      findings.add(Severity::kHigh, path + "/failurePolicy",
                   "where the webhook " + name + " does not answer, everything is let through");
    }
  }
}

std::string enforced(const Json& object) {
  return std::string(object.string_at({"metadata", "labels", kEnforce}));
}

}  // namespace

void check_definition(const ObjectChange& change, Findings& findings) {
  if (change.id.kind != "CustomResourceDefinition" || change.kind != ChangeKind::kChanged) return;
  const auto after = by_name(change.after.find_path({"spec", "versions"}));
  for (const auto& [name, version] : by_name(change.before.find_path({"spec", "versions"}))) {
    const auto now = after.find(name);
    if (now != after.end()) {
      compare_versions(*version, *now->second, name, findings);
    } else {
      findings.add(is_served(*version) ? Severity::kHigh : Severity::kMedium,
                   "/spec/versions/[name=" + name + "]",
                   "the version " + name + " is removed: whoever asks for it fails");
    }
  }
  if (change.before.string_at({"spec", "scope"}) != change.after.string_at({"spec", "scope"})) {
    findings.add(Severity::kHigh, "/spec/scope",
                 "the scope is another, which the API server allows only to a new definition");
  }
}

void check_service(const ObjectChange& change, Findings& findings) {
  if (change.id.kind != "Service" || !change.id.group.empty() ||
      change.kind == ChangeKind::kRemoved) {
    return;
  }
  const auto was = change.kind == ChangeKind::kAdded ? std::string() : type_of(change.before);
  const auto is = type_of(change.after);
  if (was == is || (is != "LoadBalancer" && is != "NodePort")) return;
  findings.add(Severity::kMedium, "/spec/type",
               (was.empty() ? "a new Service of type " + is
                            : "its type becomes " + is + " instead of " + was) +
                   ": it can be reached from outside the cluster");
}

void check_admission(const ObjectChange& change, Findings& findings) {
  if (change.id.group != "admissionregistration.k8s.io") return;
  switch (change.kind) {
    case ChangeKind::kAdded:
      return findings.add(Severity::kMedium, "",
                          "it is new and judges or changes what others write, and may stop them");
    case ChangeKind::kRemoved:
      return findings.add(Severity::kHigh, "", "what it refused is refused no longer");
    case ChangeKind::kChanged:
      break;
  }
  findings.add(Severity::kMedium, "", "what it judges, or how, is another");
  if (is_webhooks(change)) compare_webhooks(change, findings);
}

void check_namespace(const ObjectChange& change, Findings& findings) {
  if (change.id.kind != "Namespace" || change.kind != ChangeKind::kChanged) return;
  const auto was = enforced(change.before);
  const auto is = enforced(change.after);
  if (was == is || is == "restricted" || was.empty() || was == "privileged") return;
  findings.add(Severity::kHigh, "/metadata/labels/pod-security.kubernetes.io~1enforce",
               "pods are held to \"" + (is.empty() ? std::string("privileged") : is) +
                   "\" instead of \"" + was + "\"");
}

}  // namespace sealift::comparison
