#include <sealift/target/desired_state.h>

#include <gmock/gmock.h>
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
using testing::IsEmpty;

std::vector<objects::Object> parsed(const std::string& text) {
  return objects::parse_objects(text, "f.yaml", {}, objects::Placeholders::kAllowed).value();
}

Result<DesiredState> desired(const std::string& text, const delivery::Variables& variables,
                             const delivery::Delivery& delivery = make_delivery()) {
  return desired_state_of(delivery, Digest::of("x"), parsed(text), variables, unknown_scope);
}

const delivery::Variables kVariables{{{"APP", "front"}, {"N", "3"}}, "hash"};

TEST(CommonMetadata, IsOnEveryObjectAndNotOnPods) {
  auto delivery = make_delivery();
  delivery.common_labels = {{"team", "red"}, {"tier", "web"}};
  delivery.common_annotations = {{"example.com/owner", "us"}};
  ASSERT_OK_ASSIGN(
      const auto state,
      desired(object_of("apps/v1", "Deployment", "d", ", labels: {team: blue, app: d}") +
                  "spec: {template: {metadata: {labels: {app: d}}}}\n---\n" +
                  object_of("v1", "Namespace", "n"),
              {}, delivery));
  for (const auto& wanted : state.objects) {
    EXPECT_EQ(wanted.object.label("team"), "red");
    EXPECT_EQ(wanted.object.label("tier"), "web");
    EXPECT_EQ(wanted.object.annotation("example.com/owner"), "us");
  }
  const auto& deployment = state.objects.at(1).object;
  EXPECT_EQ(deployment.label("app"), "d");
  EXPECT_EQ(dump_json(*deployment.json().find_path({"spec", "template"})),
            R"({"metadata":{"labels":{"app":"d"}}})");
}

TEST(CommonMetadata, MaySayHowAllObjectsAreTreated) {
  auto delivery = make_delivery();
  delivery.common_annotations = {{"sealift.dev/keep", "true"}};
  ASSERT_OK_ASSIGN(const auto state, desired(config_map("a"), {}, delivery));
  EXPECT_TRUE(state.objects.at(0).keep);
}

TEST(SharedObjects, StayAsTheyAre) {
  const auto shared = parsed(config_map("\"${APP}\"") + "---\n" + config_map("b"));
  auto delivery = make_delivery();
  delivery.target_namespace = "eu";
  delivery.common_labels = {{"a", "b"}};
  const auto before = dump_json(shared[0].json()) + dump_json(shared[1].json());
  ASSERT_OK(desired_state_of(delivery, Digest::of("x"), shared, kVariables, unknown_scope));
  EXPECT_EQ(dump_json(shared[0].json()) + dump_json(shared[1].json()), before);
  EXPECT_EQ(shared[1].name_space(), "");
}

TEST(DesiredVariables, GiveEachDeliveryItsOwnObjects) {
  const auto text = object_of("apps/v1", "Deployment", "${APP}", ", labels: {app: \"${APP}\"}") +
                    "spec: {replicas: \"${N}\"}\n---\n" + config_map("fixed", "${missing}");
  ASSERT_OK_ASSIGN(const auto state, desired(text, kVariables));
  const auto& deployment = state.objects.at(1).object;
  EXPECT_EQ(deployment.id().to_string(), "Deployment.apps shop/front");
  EXPECT_EQ(deployment.label("app"), "front");
  EXPECT_EQ(dump_json(*deployment.json().find("spec")), R"({"replicas":3})");
  EXPECT_THAT(state.undefined_variables, ElementsAre("missing"));
  ASSERT_OK_ASSIGN(const auto other, desired(text, {{{"APP", "back"}}, "other"}));
  EXPECT_EQ(other.objects.at(1).object.name(), "back");
}

TEST(DesiredVariables, AreLeftWhereTheDeliveryHasNone) {
  ASSERT_OK_ASSIGN(const auto state, desired(config_map("a", "${APP} $$ $${x}"), {}));
  EXPECT_EQ(state.objects.at(0).object.json().string_at({"data", "key"}), "${APP} $$ $${x}");
  EXPECT_THAT(state.undefined_variables, IsEmpty());
}

TEST(DesiredVariables, AreLeftWhereTheObjectSaysSo) {
  for (const auto* metadata : {", annotations: {sealift.dev/substitute: disabled}",
                               ", annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}",
                               ", labels: {kustomize.toolkit.fluxcd.io/substitute: disabled}"}) {
    ASSERT_OK_ASSIGN(const auto state, desired(config_map("a", "${APP}", metadata), kVariables));
    EXPECT_EQ(state.objects.at(0).object.json().string_at({"data", "key"}), "${APP}") << metadata;
  }
}

TEST(DesiredVariables, MustBecomeNames) {
  EXPECT_THAT(desired_of({config_map("\"${APP}\"")}),
              fails_with(ErrorCode::kInvalidInput, "metadata.name must be"));
}

TEST(DesiredVariables, LeaveNoNameUnchecked) {
  const auto text = config_map("\"${APP}\"");
  EXPECT_THAT(desired(text, {}),
              fails_with(ErrorCode::kInvalidInput,
                         "f.yaml:1:1: ConfigMap \"${APP}\": metadata.name must be"));
  EXPECT_THAT(
      desired(config_map("\"${APP}\"", "1", ", annotations: {sealift.dev/substitute: disabled}"),
              kVariables),
      fails_with(ErrorCode::kInvalidInput, "metadata.name must be"));
  EXPECT_THAT(desired(text, {{{"APP", "Not A Name"}}, "h"}),
              fails_with(ErrorCode::kInvalidInput, "metadata.name must be"));
  EXPECT_THAT(desired(config_map("a") + "---\n" + config_map("\"${A}\""), {{{"A", "a"}}, "h"}),
              fails_with(ErrorCode::kInvalidInput, "is already at f.yaml:1:1"));
}

}  // namespace
}  // namespace sealift::target
