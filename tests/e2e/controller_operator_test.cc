#include <gmock/gmock.h>

#include "controller_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// What an operator does from a terminal, and the puller answers.
class ControllerOperator : public ControllerCase {
 protected:
  void SetUp() override {
    ControllerCase::SetUp();
    publish();
    trust();
    start_puller();
  }
};

TEST_F(ControllerOperator, TheConsoleShowsWhatIs) {
  declare();
  wait_for("condition=Ready");
  EXPECT_THAT(shown({"get"}), AllOf(HasSubstr("shop"), HasSubstr("True")));
  EXPECT_THAT(shown({"tree", "shop"}),
              AllOf(HasSubstr("ConfigMap"), HasSubstr(name_ + "/a"), HasSubstr(name_ + "/b")));
  EXPECT_THAT(shown({"trace", "configmap/a"}), AllOf(HasSubstr("shop"), HasSubstr("release")));
}

TEST_F(ControllerOperator, ARequestIsAnsweredWhenItHasBeenServed) {
  declare("shop", std::string(kAccount) + "  drift: ignore\n");
  wait_for("condition=Ready");
  shown({"reconcile", "shop", "--wait"});
  const auto live = delivery("shop");
  const auto asked = live.string_at({"metadata", "annotations", "sealift.dev/requestedAt"});
  EXPECT_FALSE(asked.empty());
  EXPECT_EQ(live.string_at({"status", "lastHandledReconcileAt"}), asked);
}

TEST_F(ControllerOperator, ASuspendedDeliveryIsLeftAloneUntilItIsResumed) {
  for (const auto* file : {"a", "b"}) {
    drop(std::string(file) + ".yaml");
    put(std::string("own/") + file + ".yaml", config_map(file, "1"));
  }
  publish();
  declare("shop", std::string(kAccount) + "  path: own\n");
  wait_for("condition=Ready");
  shown({"suspend", "shop"});
  message_for("Suspended");
  change("own/a.yaml", "\"1\"", "\"2\"");
  put("other/c.yaml", config_map("c", "1"));
  publish();
  kubectl({"delete", "configmap", "b"});
  // Another Delivery shows that the puller has come by since.
  declare("other", std::string(kAccount) + "  path: other\n");
  wait_for("condition=Ready", "other");
  EXPECT_EQ(value_of("a"), "1");
  EXPECT_TRUE(config_map_at("b").is_null());
  shown({"resume", "shop"});
  expect_value("a", "2");
  expect_value("b", "1");
  wait_for("condition=Ready");
}

TEST_F(ControllerOperator, ADependentWaitsAndThenGoes) {
  drop("b.yaml");
  drop("a.yaml");
  put("base/base.yaml", config_map("base", "1"));
  put("shop/a.yaml", config_map("a", "1"));
  publish();
  declare("shop", std::string(kAccount) + "  path: shop\n  dependsOn: [{name: base}]\n");
  EXPECT_THAT(message_for("DependencyNotReady"), HasSubstr("base"));
  EXPECT_TRUE(config_map_at("a").is_null());
  EXPECT_TRUE(condition("Stalled").is_null());
  // What it waits for fails, and then does not.
  declare("base", std::string(kAccount) + "  targetNamespace: nobodys\n");
  EXPECT_TRUE(
      eventually([&] { return condition("Ready", "base").string_at({"status"}) == "False"; }));
  EXPECT_EQ(condition("Ready").string_at({"reason"}), "DependencyNotReady");
  EXPECT_TRUE(config_map_at("a").is_null());
  declare("base", std::string(kAccount) + "  path: base\n  targetNamespace: " + name_ + "\n");
  wait_for("condition=Ready");
  EXPECT_EQ(value_of("a"), "1");
}

TEST_F(ControllerOperator, ACycleOfDependenciesIsReported) {
  declare("shop", std::string(kAccount) + "  dependsOn: [{name: base}]\n");
  declare("base", std::string(kAccount) + "  dependsOn: [{name: shop}]\n");
  EXPECT_THAT(message_for("PlanFailed", "base"), HasSubstr("in a circle"));
  EXPECT_THAT(message_for("PlanFailed"), HasSubstr("in a circle"));
  EXPECT_TRUE(config_map_at("a").is_null());
}

}  // namespace
}  // namespace sealift::e2e
