#include "model/model_cluster.h"

#include <sealift/kube/apply_set.h>
#include <sealift/kube/observed_object.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "model/object_json.h"

namespace sealift::e2e::model {
namespace {

constexpr std::string_view kMergePatch = "application/merge-patch+json";
const kube::ApiClient::Query kSomebody{{"fieldManager", "somebody"}};

// Fails the test for all but the error that is expected.
template <typename T>
bool is_done(const Result<T>& result, ErrorCode expected, const std::string& what) {
  if (result) return true;
  EXPECT_EQ(result.error().code(), expected) << what << ": " << result.error().message();
  return false;
}

Json label_patch(std::string_view name, Json value) {
  Json labels;
  labels.set(name, std::move(value));
  Json metadata;
  metadata.set("labels", std::move(labels));
  Json body;
  body.set("metadata", std::move(metadata));
  return body;
}

const Json* condition_of(const Json& live, std::string_view type) {
  const auto* conditions = live.find_path({"status", "conditions"});
  if (conditions == nullptr) return nullptr;
  for (const auto& one : *conditions->as_array()) {
    if (one.string_at({"type"}) == type) return &one;
  }
  return nullptr;
}

int number_at(const Json& live, std::initializer_list<std::string_view> path) {
  const auto* found = live.find_path(path);
  return found == nullptr ? 0 : static_cast<int>(found->as_int64().value_or(-1));
}

}  // namespace

ModelCluster::ModelCluster(kube::ApiClient client, std::string registry,
                           std::vector<Application> applications, VersionOf version_of)
    : client_(std::move(client)),
      registry_(std::move(registry)),
      applications_(std::move(applications)),
      version_of_(std::move(version_of)) {
  for (const auto& one : applications_) {
    owners_[kube::applyset_id(one.name, one.name_space, "Delivery", "sealift.dev")] = one.name;
  }
}

const Application& ModelCluster::application(const std::string& name) const {
  return *std::find_if(applications_.begin(), applications_.end(),
                       [&](const auto& one) { return one.name == name; });
}

std::string ModelCluster::path_of_delivery(const Application& one) const {
  return "/apis/sealift.dev/v1alpha1/namespaces/" + one.name_space + "/deliveries/" + one.name;
}

// Every field each time, so that a change takes back what it does not say.
Json ModelCluster::spec_of(const Application& one, const Settings& settings) const {
  const auto text = [](bool value) { return value ? "true" : "false"; };
  const char* modes[] = {"correct", "detect", "ignore"};
  const bool is_watchful = one.depends_on.empty();
  std::string spec =
      R"({"artifact": {"url": "oci://)" + registry_ + "/" + one.repository +
      R"(", "tag": "prod", "insecure": true}, "serviceAccountName": "deployer", "interval": ")" +
      (is_watchful ? "1s" : "10m") + R"(", "retryInterval": "200ms", "suspend": )" +
      text(settings.suspend) + R"(, "prune": )" + text(settings.prune) + R"(, "wait": )" +
      text(settings.wait) + R"(, "onFailure": ")" + (settings.rollback ? "rollback" : "keep") +
      R"(", "deletionPolicy": ")" + (settings.orphan ? "orphan" : "delete") + R"(", "drift": ")" +
      modes[static_cast<int>(settings.drift)] + R"(", "targetNamespace": )" +
      (settings.target_namespace.empty() ? "null" : "\"" + settings.target_namespace + "\"") +
      R"(, "commonMetadata": )" +
      (settings.team.empty() ? "null" : R"({"labels": {"team": ")" + settings.team + "\"}}") +
      R"(, "dependsOn": )" +
      (one.depends_on.empty() ? "null" : R"([{"name": ")" + one.depends_on + "\"}]") +
      R"(, "substitute": {"APP": ")" + one.name + R"(", "VARIABLE": ")" + settings.variable +
      R"("}, "healthChecks": [{"group": "model.sealift.test", "kind": "Widget", "failed": )"
      R"([{"path": "/spec/phase", "equals": "Broken"}], "current": )"
      R"([{"path": "/spec/value", "exists": true}]}]})";
  return *parse_json(spec, "a spec");
}

void ModelCluster::create(const std::string& name, const Settings& settings) {
  const auto& one = application(name);
  Json metadata;
  metadata.set("name", name);
  metadata.set("namespace", one.name_space);
  Json body;
  body.set("apiVersion", "sealift.dev/v1alpha1");
  body.set("kind", "Delivery");
  body.set("metadata", std::move(metadata));
  auto spec = spec_of(one, settings);
  std::erase_if(*spec.as_object(), [](const auto& member) { return member.second.is_null(); });
  body.set("spec", std::move(spec));
  const auto path = "/apis/sealift.dev/v1alpha1/namespaces/" + one.name_space + "/deliveries";
  const auto made = client_.create(path, {}, body, {});
  // A server that was killed may have done it before it could say so.
  is_done(made, ErrorCode::kConflict, "creating " + name);
}

void ModelCluster::change(const std::string& name, const Settings& settings) {
  const auto& one = application(name);
  Json body;
  body.set("spec", spec_of(one, settings));
  const auto done = client_.patch(path_of_delivery(one), {}, kMergePatch, body, {});
  EXPECT_TRUE(done) << "changing " << name << ": " << done.error().message();
}

void ModelCluster::remove(const std::string& name) {
  const auto done = client_.remove(path_of_delivery(application(name)), Json::object(), {});
  is_done(done, ErrorCode::kNotFound, "deleting " + name);
}

bool ModelCluster::is_gone(const std::string& name) const {
  const auto found = client_.get(path_of_delivery(application(name)), {}, {});
  return !is_done(found, ErrorCode::kNotFound, "reading " + name);
}

void ModelCluster::request(const std::string& name, const std::string& token) {
  Json annotations;
  annotations.set("sealift.dev/requestedAt", token);
  Json metadata;
  metadata.set("annotations", std::move(annotations));
  Json body;
  body.set("metadata", std::move(metadata));
  const auto done = client_.patch(path_of_delivery(application(name)), {}, kMergePatch, body, {});
  is_done(done, ErrorCode::kNotFound, "asking for " + name);
}

LiveObject ModelCluster::read(Kind kind, const Json& object) const {
  LiveObject live;
  live.content = content_of(kind, object);
  const auto set = object.string_at({"metadata", "labels", kube::kPartOfLabel});
  const auto owner = owners_.find(set);
  if (!set.empty()) live.owner = owner == owners_.end() ? "?" : owner->second;
  const auto* fields = object.find_path({"metadata", "managedFields"});
  if (fields == nullptr) return live;
  for (const auto& entry : *fields->as_array()) {
    live.ours = live.ours || entry.string_at({"manager"}) == kube::kFieldManager;
  }
  return live;
}

std::optional<LiveObject> ModelCluster::patch(const ObjectKey& key, const Json& body) {
  const auto done = client_.patch(path_of(key), kSomebody, kMergePatch, body, {});
  if (!is_done(done, ErrorCode::kNotFound, key.to_string())) return std::nullopt;
  return read(key.kind, *done);
}

std::optional<LiveObject> ModelCluster::plant(const ObjectKey& key, const Content& content) {
  const auto done = client_.create(collection_of(key.kind, key.name_space), kSomebody,
                                   object_json(key, content), {});
  if (!is_done(done, ErrorCode::kConflict, key.to_string())) return std::nullopt;
  return read(key.kind, *done);
}

std::optional<LiveObject> ModelCluster::edit(const ObjectKey& key, const std::string& value) {
  return patch(key, value_patch(key.kind, value));
}

std::optional<LiveObject> ModelCluster::unlabel(const ObjectKey& key) {
  return patch(key, label_patch(kube::kPartOfLabel, nullptr));
}

std::optional<LiveObject> ModelCluster::disown(const ObjectKey& key) {
  return patch(key, *parse_json(R"({"metadata": {"managedFields": [{}]}})", "a patch"));
}

std::optional<LiveObject> ModelCluster::forge(const ObjectKey& key, const std::string& name) {
  for (const auto& [id, owner] : owners_) {
    if (owner == name) return patch(key, label_patch(kube::kPartOfLabel, id));
  }
  return std::nullopt;
}

bool ModelCluster::erase(const ObjectKey& key) {
  const auto done = client_.remove(path_of(key), Json::object(), {});
  return is_done(done, ErrorCode::kNotFound, key.to_string());
}

// One that waits for another has not run yet.
std::string ModelCluster::unanswered(const Json& live, const std::string& token) {
  if (number_at(live, {"status", "observedGeneration"}) !=
      number_at(live, {"metadata", "generation"})) {
    return "tells of an older generation";
  }
  const auto* ready = condition_of(live, "Ready");
  const bool waits = ready != nullptr && ready->string_at({"reason"}) == "DependencyNotReady";
  if (!waits && live.string_at({"status", "lastHandledReconcileAt"}) != token) {
    return "has not been asked again";
  }
  return {};
}

LiveDelivery ModelCluster::read_delivery(const Application& one, const Json& live) const {
  LiveDelivery delivery;
  const auto* ready = condition_of(live, "Ready");
  if (ready != nullptr) delivery.reason = ready->string_at({"reason"});
  const auto digest = live.string_at({"status", "accepted", "digest"});
  if (!digest.empty()) delivery.accepted = version_of_(one.repository, digest);
  delivery.newest = number_at(live, {"status", "accepted", "sequence"});
  delivery.objects = number_at(live, {"status", "inventory", "objects"});
  delivery.drifted = number_at(live, {"status", "drift", "count"});
  if (delivery.reason == "Delivered" &&
      (ready->string_at({"status"}) != "True" || condition_of(live, "Reconciling") ||
       condition_of(live, "Stalled"))) {
    delivery.reason += " (and not ready)";
  }
  return delivery;
}

// First who says to be done, and then whether it is.
Observation ModelCluster::observe(const std::string& token) const {
  auto seen = observe_deliveries(token);
  if (seen.unanswered.empty()) observe_objects(seen);
  return seen;
}

Observation ModelCluster::observe_deliveries(const std::string& token) const {
  Observation seen;
  const auto list = client_.get("/apis/sealift.dev/v1alpha1/deliveries", {}, {});
  EXPECT_TRUE(list) << list.error().message();
  if (!list) return seen;
  for (const auto& live : *list->find("items")->as_array()) {
    for (const auto& one : applications_) {
      if (live.string_at({"metadata", "name"}) != one.name ||
          live.string_at({"metadata", "namespace"}) != one.name_space) {
        continue;
      }
      const auto open = unanswered(live, token);
      if (!open.empty()) seen.unanswered.push_back(one.name + " " + open);
      seen.deliveries.emplace(one.name, read_delivery(one, live));
    }
  }
  return seen;
}

void ModelCluster::observe_objects(Observation& seen) const {
  const auto lives_here = [&](std::string_view name_space) {
    return std::any_of(applications_.begin(), applications_.end(),
                       [&](const auto& one) { return one.name_space == name_space; });
  };
  for (const auto kind : kAllKinds) {
    const auto list = client_.get(collection_of(kind), {}, {});
    EXPECT_TRUE(list) << list.error().message();
    if (!list) return;
    for (const auto& object : *list->find("items")->as_array()) {
      ObjectKey key{kind, std::string(object.string_at({"metadata", "namespace"})),
                    std::string(object.string_at({"metadata", "name"}))};
      if (!lives_here(key.name_space) || key.name == "kube-root-ca.crt") continue;
      seen.objects.emplace(std::move(key), read(kind, object));
    }
  }
}

}  // namespace sealift::e2e::model
