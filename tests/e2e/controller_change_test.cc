#include <gmock/gmock.h>

#include <csignal>

#include "controller_case.h"

namespace sealift::e2e {
namespace {

using ControllerChange = ControllerCase;

// A Deployment that no node runs: its image is refused before a pod is made.
std::string broken(const std::string& name_space) {
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " + name_space +
         "}\nspec:\n  replicas: 1\n  progressDeadlineSeconds: 600\n  selector: {matchLabels: {app: "
         "web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {nodeName: nowhere, "
         "containers: [{name: web, image: 'example.com/web:1'}]}\n";
}

TEST_F(ControllerChange, FieldsOfTheDeliveryChangeTheObjects) {
  for (const auto* file : {"a.yaml", "b.yaml"}) drop(file);
  put("a.yaml",
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
      "data: {value: \"${COLOUR:=red}\"}\n");
  publish();
  trust();
  start_puller();
  const auto spec =
      std::string(kAccount) + "  targetNamespace: " + name_ +
      "\n  commonMetadata: {labels: {stage: test}, annotations: {owner: me}}\n  substitute: {";
  declare("shop", spec + "OTHER: x}\n");
  wait_for("condition=Ready");
  auto live = config_map_at("a");
  EXPECT_EQ(live.string_at({"data", "value"}), "red");
  EXPECT_EQ(live.string_at({"metadata", "labels", "stage"}), "test");
  EXPECT_EQ(live.string_at({"metadata", "annotations", "owner"}), "me");
  declare("shop", spec + "COLOUR: blue}\n");
  expect_value("a", "blue");
}

TEST_F(ControllerChange, AfterAFailureTheLastHealthyArtifactComesBack) {
  publish();
  trust();
  start_puller();
  declare("shop", std::string(kAccount) + "  onFailure: rollback\n  wait: true\n  timeout: 3s\n");
  wait_for("condition=Ready");
  const std::string healthy(delivery("shop").string_at({"status", "accepted", "digest"}));
  change("a.yaml", "\"1\"", "\"2\"");
  put("web.yaml", broken(name_));
  publish();
  message_for("RolledBack");
  expect_value("a", "1");
  expect_gone(apps("deployments/web"));
  // The repaired one is delivered.
  change("a.yaml", "\"2\"", "\"3\"");
  drop("web.yaml");
  publish();
  expect_value("a", "3");
  wait_for("condition=Ready");
  EXPECT_NE(delivery("shop").string_at({"status", "accepted", "digest"}), healthy);
}

TEST_F(ControllerChange, ABrokenDeliveryDoesNotDelayAnother) {
  drop("a.yaml");
  drop("b.yaml");
  put("bad/web.yaml", broken(name_));
  put("good/a.yaml", config_map("a", "1"));
  publish();
  trust();
  start_puller({"--concurrency", "1"});
  declare("broken", std::string(kAccount) + "  path: bad\n  wait: true\n  timeout: 1h\n");
  EXPECT_TRUE(eventually([&] { return !get(apps("deployments/web")).is_null(); }));
  declare("shop", std::string(kAccount) + "  path: good\n");
  wait_for("condition=Ready");
  EXPECT_EQ(condition("Ready", "broken").string_at({"status"}), "Unknown")
      << dump_json(delivery("broken"));
}

TEST_F(ControllerChange, AnotherReplicaTakesOverFromOneThatWasKilled) {
  publish();
  trust();
  const std::vector<std::string> elect{"--leader-elect", "--lease-namespace", "sealift-system"};
  start_puller(elect);
  declare();
  wait_for("condition=Ready");
  const auto second = make_puller("second", elect);
  puller_->send_signal(SIGKILL);
  puller_->wait();
  puller_.reset();
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_value("a", "2");
  kubectl({"delete", "configmap", "b"});
  expect_value("b", "1");
  second->send_signal(SIGTERM);
  EXPECT_EQ(second->wait().signal, 0);
}

}  // namespace
}  // namespace sealift::e2e
