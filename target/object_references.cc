#include "object_references.h"

namespace sealift::target {
namespace {

Json* find_path(Json& json, std::initializer_list<std::string_view> names) {
  Json* found = &json;
  for (const auto name : names) {
    found = found->find(name);
    if (found == nullptr) return nullptr;
  }
  return found;
}

// The elements of a list, or none where it is missing or no list.
Json::Array* elements_of(Json& json, std::string_view name) {
  Json* list = json.find(name);
  return list == nullptr ? nullptr : list->as_array();
}

}  // namespace

void NamespaceMoves::add(const objects::Object& object, const std::string& before) {
  if (object.name_space() == before) return;
  namespaces_.insert_or_assign(before, object.name_space());
  if (!object.gvk().group.empty()) return;
  if (object.gvk().kind == "ServiceAccount") {
    accounts_.insert_or_assign({before, object.name()}, object.name_space());
  } else if (object.gvk().kind == "Service") {
    services_.insert_or_assign({before, object.name()}, object.name_space());
  }
}

void NamespaceMoves::follow(objects::Object& object, const std::string& before) const {
  const auto& [group, version, kind] = object.gvk();
  if (group == "rbac.authorization.k8s.io" &&
      (kind == "RoleBinding" || kind == "ClusterRoleBinding")) {
    object.edit([&](Json& json) { follow_subjects(json, before); });
  } else if (group == "admissionregistration.k8s.io" && kind.ends_with("WebhookConfiguration")) {
    object.edit([&](Json& json) {
      auto* webhooks = elements_of(json, "webhooks");
      if (webhooks == nullptr) return;
      for (auto& webhook : *webhooks)
        follow_service(find_path(webhook, {"clientConfig", "service"}));
    });
  } else if (group == "apiregistration.k8s.io" && kind == "APIService") {
    object.edit([&](Json& json) { follow_service(find_path(json, {"spec", "service"})); });
  } else if (group == "apiextensions.k8s.io" && kind == "CustomResourceDefinition") {
    object.edit([&](Json& json) {
      follow_service(find_path(json, {"spec", "conversion", "webhook", "clientConfig", "service"}));
    });
  }
}

void NamespaceMoves::follow_subjects(Json& binding, const std::string& before) const {
  auto* subjects = elements_of(binding, "subjects");
  if (subjects == nullptr) return;
  for (auto& subject : *subjects) {
    if (subject.string_at({"kind"}) != "ServiceAccount") continue;
    std::string named(subject.string_at({"namespace"}));
    // A binding's own namespace is what its author had in mind.
    if (named.empty()) named = before;
    const std::string name(subject.string_at({"name"}));
    if (const auto account = accounts_.find({named, name}); account != accounts_.end()) {
      subject.set("namespace", account->second);
    } else if (const auto moved = namespaces_.find(named);
               name == "default" && moved != namespaces_.end()) {
      subject.set("namespace", moved->second);
    }
  }
}

void NamespaceMoves::follow_service(Json* service) const {
  if (service == nullptr || !service->is_object()) return;
  const auto moved = services_.find(
      {std::string(service->string_at({"namespace"})), std::string(service->string_at({"name"}))});
  if (moved != services_.end()) service->set("namespace", moved->second);
}

}  // namespace sealift::target
