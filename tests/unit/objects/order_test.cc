#include <sealift/objects/order.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

Object object_of(const std::string& api_version, const std::string& kind, const std::string& name,
                 const std::string& wave = "", const std::string& name_space = "") {
  Json json;
  json.set("apiVersion", api_version);
  json.set("kind", kind);
  Json& metadata = json.set("metadata", Json::object());
  metadata.set("name", name);
  if (!name_space.empty()) metadata.set("namespace", name_space);
  if (!wave.empty()) {
    metadata.set("annotations", Json::object()).set("sealift.dev/wave", Json(wave));
  }
  auto object = parse_object(std::move(json), "f.yaml:1:1");
  EXPECT_TRUE(object.has_value()) << object.error().message();
  return *std::move(object);
}

std::vector<std::string> sorted(std::vector<Object> objects) {
  const auto result = sort_for_apply(objects);
  if (!result) return {result.error().message()};
  std::vector<std::string> names;
  for (const Object& object : objects) names.push_back(object.id().to_string());
  return names;
}

TEST(StageOf, DependsOnGroupKindAndWave) {
  struct {
    Object object;
    Stage stage;
  } const kCases[] = {
      {object_of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "a.b"),
       {Stage::Kind::kDefinitions, 0}},
      {object_of("example.com/v1", "CustomResourceDefinition", "a.b"), {Stage::Kind::kRest, 0}},
      {object_of("v1", "Namespace", "a", "7"), {Stage::Kind::kDefinitions, 0}},
      {object_of("example.com/v1", "Namespace", "a"), {Stage::Kind::kRest, 0}},
      {object_of("rbac.authorization.k8s.io/v1", "ClusterRole", "a"),
       {Stage::Kind::kDefinitions, 0}},
      {object_of("rbac.authorization.k8s.io/v1", "Role", "a"), {Stage::Kind::kRest, 0}},
      {object_of("storage.k8s.io/v1", "StorageClass", "a"), {Stage::Kind::kClasses, 0}},
      {object_of("example.com/v1", "WidgetClass", "a"), {Stage::Kind::kClasses, 0}},
      {object_of("v1", "Pod", "a", "-1000"), {Stage::Kind::kRest, -1000}},
      {object_of("v1", "Pod", "a", "1000"), {Stage::Kind::kRest, 1000}},
  };
  for (const auto& [object, stage] : kCases) {
    const auto found = stage_of(object);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(*found, stage) << object.id().to_string();
  }
}

TEST(StageOf, RefusesWavesThatAreNoWholeNumbersInRange) {
  for (const char* wave : {"1001", "-1001", "1.5", " 1", "1 ", "+1", "one", "99999999999999"}) {
    const auto stage = stage_of(object_of("v1", "Pod", "a", wave));
    ASSERT_FALSE(stage.has_value()) << wave;
    EXPECT_EQ(stage.error().code(), ErrorCode::kInvalidInput);
    EXPECT_THAT(stage.error().message(), testing::StartsWith("f.yaml:1:1: Pod a: the annotation"));
  }
  Object empty = object_of("v1", "Pod", "a");
  empty.set_annotation("sealift.dev/wave", "");
  EXPECT_FALSE(stage_of(empty).has_value());
}

TEST(SortForApply, OrdersStagesWavesKindsAndNames) {
  const std::string rbac = "rbac.authorization.k8s.io/v1";
  EXPECT_EQ(
      sorted({object_of("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "w"),
              object_of("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "w"),
              object_of("example.com/v1", "Widget", "w"),
              object_of("policy/v1", "PodDisruptionBudget", "w"),
              object_of("batch/v1", "CronJob", "w"),
              object_of("apps/v1", "StatefulSet", "w"),
              object_of("apps/v1", "Deployment", "w"),
              object_of("v1", "LimitRange", "w"),
              object_of("v1", "Service", "w"),
              object_of("v1", "Secret", "w"),
              object_of("v1", "ConfigMap", "w"),
              object_of(rbac, "RoleBinding", "w"),
              object_of(rbac, "Role", "w"),
              object_of("v1", "ServiceAccount", "w"),
              object_of("v1", "ResourceQuota", "w"),
              object_of(rbac, "ClusterRoleBinding", "w"),
              object_of("v1", "Pod", "early", "-1"),
              object_of("v1", "ConfigMap", "late", "1"),
              object_of("networking.k8s.io/v1", "IngressClass", "w"),
              object_of("storage.k8s.io/v1", "StorageClass", "w"),
              object_of(rbac, "ClusterRole", "w"),
              object_of("v1", "Namespace", "w"),
              object_of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "w.x")}),
      (std::vector<std::string>{"CustomResourceDefinition.apiextensions.k8s.io w.x",
                                "Namespace w",
                                "ClusterRole.rbac.authorization.k8s.io w",
                                "StorageClass.storage.k8s.io w",
                                "IngressClass.networking.k8s.io w",
                                "Pod early",
                                "ClusterRoleBinding.rbac.authorization.k8s.io w",
                                "ResourceQuota w",
                                "ServiceAccount w",
                                "Role.rbac.authorization.k8s.io w",
                                "RoleBinding.rbac.authorization.k8s.io w",
                                "ConfigMap w",
                                "Secret w",
                                "Service w",
                                "LimitRange w",
                                "Deployment.apps w",
                                "StatefulSet.apps w",
                                "CronJob.batch w",
                                "PodDisruptionBudget.policy w",
                                "Widget.example.com w",
                                "MutatingWebhookConfiguration.admissionregistration.k8s.io w",
                                "ValidatingWebhookConfiguration.admissionregistration.k8s.io w",
                                "ConfigMap late"}));
}

TEST(SortForApply, BreaksTiesByGroupKindNamespaceAndName) {
  EXPECT_EQ(
      sorted({object_of("b.example/v1", "Widget", "a"), object_of("a.example/v1", "Widget", "b"),
              object_of("a.example/v1", "Widget", "a", "", "z"),
              object_of("a.example/v1", "Widget", "c", "", "y"),
              object_of("a.example/v1", "Gadget", "z")}),
      (std::vector<std::string>{"Gadget.a.example z", "Widget.a.example b", "Widget.a.example y/c",
                                "Widget.a.example z/a", "Widget.b.example a"}));
}

TEST(SortForApply, KeepsTheInputWhereAWaveIsWrong) {
  std::vector<Object> objects = {object_of("v1", "Pod", "b"), object_of("v1", "Pod", "a", "x")};
  EXPECT_FALSE(sort_for_apply(objects).has_value());
  EXPECT_EQ(objects[0].id().to_string(), "Pod b");
}

}  // namespace
}  // namespace sealift::objects
