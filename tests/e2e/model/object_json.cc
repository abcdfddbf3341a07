#include "model/object_json.h"

#include <sealift/base/encoding.h>
#include <sealift/kube/observed_object.h>

#include <vector>

namespace sealift::e2e::model {
namespace {

constexpr int kInvalidSlot = 9;

struct KindFacts {
  std::string_view api;
  std::string_view api_version;
  std::string_view plural;
  std::vector<std::string_view> fields;  // where value and extra are
};

const KindFacts& facts_of(Kind kind) {
  static const KindFacts facts[] = {
      {"/api/v1", "v1", "configmaps", {"data"}},
      {"/api/v1", "v1", "secrets", {"data"}},
      {"/api/v1", "v1", "services", {"spec", "selector"}},
      {"/apis/apps/v1", "apps/v1", "deployments", {"spec", "template", "metadata", "annotations"}},
      {"/apis/model.sealift.test/v1", "model.sealift.test/v1", "widgets", {"spec"}},
  };
  return facts[static_cast<int>(kind)];
}

std::string encoded(Kind kind, const std::string& text) {
  return kind == Kind::kSecret ? base64_encode(text) : text;
}

// {"a": {"b": inner}} for the path a, b.
Json nested(const std::vector<std::string_view>& path, Json inner) {
  for (auto step = path.rbegin(); step != path.rend(); ++step) {
    Json outer = Json::object();
    outer.set(*step, std::move(inner));
    inner = std::move(outer);
  }
  return inner;
}

// What else an object of the kind must have.
Json frame_of(Kind kind, const std::string& name) {
  const auto text = [&]() -> std::string {
    switch (kind) {
      case Kind::kService:
        return R"({"spec": {"clusterIP": "None", "ports": [{"port": 80}]}})";
      case Kind::kDeployment:
        return R"({"spec": {"replicas": 0, "selector": {"matchLabels": {"app": ")" + name +
               R"("}}, "template": {"metadata": {"labels": {"app": ")" + name +
               R"("}}, "spec": {"containers": [{"name": "main", "image": "example.com/a"}]}}}})";
      default:
        return "{}";
    }
  }();
  return *parse_json(text, "a frame");
}

void merge_into(Json& target, const Json& other) {
  for (const auto& [name, value] : *other.as_object()) {
    auto* existing = target.find(name);
    if (existing != nullptr && existing->is_object() && value.is_object()) {
      merge_into(*existing, value);
    } else {
      target.set(name, value);
    }
  }
}

const Json* find_in(const Json& object, const std::vector<std::string_view>& path) {
  const auto* at = &object;
  for (const auto step : path) {
    if (at != nullptr) at = at->find(step);
  }
  return at;
}

std::string decoded(Kind kind, const Json* fields, std::string_view name) {
  if (fields == nullptr) return {};
  const auto text = fields->string_at({name});
  if (kind != Kind::kSecret) return std::string(text);
  return base64_decode(text).value_or("not base64");
}

}  // namespace

const std::string_view kWidgetDefinition = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.model.sealift.test}
spec:
  group: model.sealift.test
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                value: {type: string}
                extra: {type: string}
                phase: {type: string}
)";

std::string collection_of(Kind kind, std::string_view name_space) {
  const auto& facts = facts_of(kind);
  auto path = std::string(facts.api);
  if (!name_space.empty()) path += "/namespaces/" + std::string(name_space);
  return path + "/" + std::string(facts.plural);
}

std::string path_of(const ObjectKey& key) {
  return collection_of(key.kind, key.name_space) + "/" + key.name;
}

Json object_json(const ObjectKey& key, const Content& content) {
  Json object;
  object.set("apiVersion", facts_of(key.kind).api_version);
  object.set("kind", to_string(key.kind));
  Json metadata;
  metadata.set("name", key.name);
  if (!key.name_space.empty()) metadata.set("namespace", key.name_space);
  if (content.keep) {
    metadata.set("annotations",
                 Json(Json::Object{{std::string(kube::kKeepAnnotation), Json("true")}}));
  }
  object.set("metadata", std::move(metadata));
  merge_into(object, frame_of(key.kind, key.name));
  Json fields;
  fields.set("value", encoded(key.kind, content.value));
  if (!content.extra.empty()) fields.set("extra", encoded(key.kind, content.extra));
  if (key.kind == Kind::kWidget) {
    fields.set("phase", content.value == kBrokenValue ? "Broken" : "Fine");
  }
  merge_into(object, nested(facts_of(key.kind).fields, std::move(fields)));
  return object;
}

Content content_of(Kind kind, const Json& object) {
  const auto* fields = find_in(object, facts_of(kind).fields);
  return {decoded(kind, fields, "value"), decoded(kind, fields, "extra"),
          std::string(object.string_at({"metadata", "labels", kTeamLabel})),
          object.string_at({"metadata", "annotations", kube::kKeepAnnotation}) == "true"};
}

Json value_patch(Kind kind, const std::string& value) {
  return nested(facts_of(kind).fields, Json(Json::Object{{"value", Json(encoded(kind, value))}}));
}

std::string manifests_of(const Version& version) {
  std::string text;
  const auto add = [&](const Json& object) { text += "---\n" + dump_json(object) + "\n"; };
  for (const auto& manifest : version.manifests) {
    add(object_json({manifest.kind, "", "${APP}-s" + std::to_string(manifest.slot)},
                    {manifest.value + (manifest.uses_variable ? "-${VARIABLE}" : ""),
                     manifest.has_extra ? "more" : "", "", manifest.keep}));
  }
  if (version.flaw == Flaw::kInvalid) {
    auto service = object_json({Kind::kService, "", "${APP}-s" + std::to_string(kInvalidSlot)},
                               {"v0", "", "", false});
    merge_into(service, *parse_json(R"({"spec": {"ports": [{"port": 99999}]}})", "a bad port"));
    add(service);
  }
  return text;
}

}  // namespace sealift::e2e::model
