#include <sealift/objects/hash.h>
#include <sealift/target/desired_state.h>

#include <gtest/gtest.h>

#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/delivery/sample_delivery.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using delivery::test::make_delivery;
using sealift::test::config_map;
using sealift::test::fails_with;
using sealift::test::object_of;
using test::desired_of;
using test::unknown_scope;
using testing::ElementsAre;

std::vector<std::string> ids(const DesiredState& desired) {
  std::vector<std::string> ids;
  for (const auto& object : desired.objects) ids.push_back(object.object.id().to_string());
  return ids;
}

std::string widgets_definition(const std::string& scope) {
  return "apiVersion: apiextensions.k8s.io/v1\n"
         "kind: CustomResourceDefinition\n"
         "metadata: {name: widgets.example.com}\n"
         "spec: {group: example.com, scope: " +
         scope + ", names: {kind: Widget, plural: widgets}}\n";
}

TEST(DesiredState, SetsTheNamespaceWhereNoneIsNamed) {
  ASSERT_OK_ASSIGN(const auto desired,
                   desired_of({config_map("a"), config_map("b", "1", ", namespace: other"),
                               object_of("v1", "Namespace", "other")}));
  EXPECT_THAT(ids(desired),
              ElementsAre("Namespace other", "ConfigMap other/b", "ConfigMap shop/a"));
  EXPECT_EQ(desired.objects[2].object.json().string_at({"metadata", "namespace"}), "shop");
  EXPECT_EQ(desired.digest, Digest::of("artifact"));
}

TEST(DesiredState, SetsTheTargetNamespaceEverywhere) {
  auto delivery = make_delivery();
  delivery.target_namespace = "eu";
  ASSERT_OK_ASSIGN(const auto desired,
                   desired_of({config_map("a"), config_map("b", "1", ", namespace: other"),
                               object_of("rbac.authorization.k8s.io/v1", "ClusterRole", "r")},
                              delivery));
  EXPECT_THAT(ids(desired), ElementsAre("ClusterRole.rbac.authorization.k8s.io r", "ConfigMap eu/a",
                                        "ConfigMap eu/b"));
}

TEST(DesiredState, TakesTheScopeFromADefinitionInTheArtifact) {
  const auto never_asked = [](const objects::GroupVersionKind&) -> Result<std::optional<bool>> {
    ADD_FAILURE() << "the target was asked about a kind that the artifact defines";
    return std::nullopt;
  };
  const auto widget = object_of("example.com/v1", "Widget", "w");
  const auto with_scope = [&](const std::string& scope, const std::string& text) {
    return desired_of({text, widgets_definition(scope)}, make_delivery(), never_asked);
  };
  ASSERT_OK_ASSIGN(const auto namespaced, with_scope("Namespaced", widget));
  EXPECT_EQ(ids(namespaced).back(), "Widget.example.com shop/w");
  ASSERT_OK_ASSIGN(const auto cluster, with_scope("Cluster", widget));
  EXPECT_EQ(ids(cluster).back(), "Widget.example.com w");
  EXPECT_THAT(
      with_scope("Cluster", object_of("example.com/v1", "Widget", "w", ", namespace: east")),
      fails_with(ErrorCode::kInvalidInput, "lives in no namespace"));
}

TEST(DesiredState, AsksTheTargetOnceForEachUnknownKind) {
  int asked = 0;
  const auto namespaced = [&](const objects::GroupVersionKind& gvk) -> Result<std::optional<bool>> {
    EXPECT_EQ(gvk.kind, "Widget");
    ++asked;
    return true;
  };
  ASSERT_OK_ASSIGN(const auto desired,
                   desired_of({object_of("example.com/v1", "Widget", "a"),
                               object_of("example.com/v1", "Widget", "b"), config_map("c")},
                              make_delivery(), namespaced));
  EXPECT_THAT(ids(desired), ElementsAre("ConfigMap shop/c", "Widget.example.com shop/a",
                                        "Widget.example.com shop/b"));
  EXPECT_EQ(asked, 1);
}

TEST(DesiredState, LeavesKindsOfUnknownScopeAsTheyAre) {
  auto delivery = make_delivery();
  const std::vector<std::string> widgets{
      object_of("example.com/v1", "Widget", "a"),
      object_of("example.com/v1", "Widget", "b", ", namespace: east")};
  ASSERT_OK_ASSIGN(const auto desired, desired_of(widgets, delivery));
  EXPECT_THAT(ids(desired), ElementsAre("Widget.example.com a", "Widget.example.com east/b"));
  // What names a namespace is namespaced.
  delivery.target_namespace = "eu";
  ASSERT_OK_ASSIGN(const auto moved, desired_of(widgets, delivery));
  EXPECT_THAT(ids(moved), ElementsAre("Widget.example.com a", "Widget.example.com eu/b"));
}

TEST(DesiredState, SaysWhereAKindIsThatTheClusterDoesNotServe) {
  const auto not_served = [](const objects::GroupVersionKind&) -> Result<std::optional<bool>> {
    return fail(ErrorCode::kNotFound, "the cluster serves no such kind");
  };
  EXPECT_THAT(desired_of({object_of("example.com/v1", "Widget", "a")}, make_delivery(), not_served),
              fails_with(ErrorCode::kNotFound, "f0.yaml:1:1: the cluster serves no such kind"));
}

TEST(DesiredState, RefusesANamespaceWhereThereIsNone) {
  EXPECT_THAT(desired_of({object_of("v1", "Namespace", "a", ", namespace: b")}),
              fails_with(ErrorCode::kInvalidInput,
                         "f0.yaml:1:1: Namespace b/a lives in no namespace; remove "
                         "metadata.namespace"));
}

TEST(DesiredState, RefusesTwoObjectsWithOneIdentity) {
  const auto refused = desired_of({config_map("a"), config_map("a", "2", ", namespace: shop")});
  ASSERT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "ConfigMap shop/a"));
  EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "f0.yaml:1:1"));
  EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "f1.yaml:1:1"));
  // The target namespace makes one of two.
  auto delivery = make_delivery();
  const std::vector<std::string> two{config_map("a", "1", ", namespace: east"),
                                     config_map("a", "1", ", namespace: west")};
  EXPECT_OK(desired_of(two, delivery));
  delivery.target_namespace = "eu";
  EXPECT_THAT(desired_of(two, delivery), fails_with(ErrorCode::kInvalidInput, "ConfigMap eu/a"));
}

TEST(DesiredState, RefusesAWrongWave) {
  EXPECT_THAT(desired_of({config_map("a", "1", ", annotations: {sealift.dev/wave: soon}")}),
              fails_with(ErrorCode::kInvalidInput, "must be a whole number from -1000 to 1000"));
}

TEST(DesiredState, HashesWhatWillBeSent) {
  ASSERT_OK_ASSIGN(const auto one, desired_of({config_map("a")}));
  ASSERT_OK_ASSIGN(const auto same, desired_of({"# other bytes, the same object\n" +
                                                config_map("a", "1", ", namespace: shop")}));
  ASSERT_OK_ASSIGN(const auto other, desired_of({config_map("a", "2")}));
  EXPECT_EQ(one.objects[0].content_hash, same.objects[0].content_hash);
  EXPECT_NE(one.objects[0].content_hash, other.objects[0].content_hash);
  EXPECT_EQ(one.objects[0].content_hash, objects::hash_of(one.objects[0].object.json()).hex());
}

}  // namespace
}  // namespace sealift::target
