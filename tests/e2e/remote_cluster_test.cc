#include <gmock/gmock.h>

#include "remote_case.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RemoteCluster : public RemoteCase {
 protected:
  void SetUp() override {
    RemoteCase::SetUp();
    // As Cluster API names and writes it.
    put_secret("edge-kubeconfig", "value", proxied_kubeconfig(), "cluster.x-k8s.io/secret");
    publish();
    trust();
  }

  const std::string edge_ = into("edge-kubeconfig");
};

TEST_F(RemoteCluster, ObjectsLandThereAndNotHere) {
  start_puller();
  declare("shop", edge_);
  wait_for("condition=Ready");
  EXPECT_EQ(remote_value_of("a"), "1");
  EXPECT_TRUE(config_map_at("a").is_null());
  const auto live = delivery("shop");
  EXPECT_EQ(live.find_path({"status", "inventory", "objects"})->as_int64(), 2);
  // Its inventory lies there, and says whose it is.
  const auto inventory = remote_get(core("configmaps/sealift-shop"));
  EXPECT_EQ(inventory.string_at({"metadata", "annotations", "dev.sealift.uid"}),
            live.string_at({"metadata", "uid"}));
  EXPECT_TRUE(config_map_at("sealift-shop").is_null());
  // Whatever it does to objects it does as the account, and the inventory is the puller's own.
  for (const auto& request : remote_proxy_.requests()) {
    if (!request.is_write()) continue;
    const auto as = request.headers.get("Impersonate-User").value_or("");
    const bool is_inventory = request.path.ends_with("/sealift-shop");
    EXPECT_EQ(as, is_inventory ? "" : "system:serviceaccount:" + name_ + ":deployer")
        << request.line();
  }

  // Drift there is put right there.
  remote_kubectl({"delete", "configmap", "b"});
  remote_kubectl({"patch", "configmap", "a", "--patch", R"({"data":{"value":"wrong"}})"});
  expect_remote_value("b", "1");
  expect_remote_value("a", "1");

  change("a.yaml", "\"1\"", "\"2\"");
  drop("b.yaml");
  publish();
  expect_remote_value("a", "2");
  expect_remote_gone(core("configmaps/b"));

  kubectl({"delete", "delivery", "shop", "--wait=false"});
  wait_for("delete");
  EXPECT_TRUE(remote_get(core("configmaps/a")).is_null());
  EXPECT_TRUE(remote_get(core("configmaps/sealift-shop")).is_null());
}

TEST_F(RemoteCluster, WhatAnotherClusterKeepsIsSaid) {
  start_puller();
  declare("shop", edge_);
  wait_for("condition=Ready");
  // The same cluster under another address is no other cluster.
  put_secret("direct", "value", kubeconfig({}));
  declare("shop", into("direct"));
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  expect_remote_value("a", "2");
  message_for("Delivered");
  EXPECT_THAT(warnings(), Not(HasSubstr("another cluster")));

  declare("shop");
  expect_value("a", "2");
  EXPECT_TRUE(eventually([&] { return !warnings().empty(); }));
  const auto said = warnings();
  EXPECT_THAT(said,
              HasSubstr(remote().access().server_url + " (2 objects: ConfigMap) stays there"));
  const auto left = remote_get(core("configmaps/a"));
  EXPECT_EQ(left.string_at({"data", "value"}), "2");
  const auto label = left.string_at({"metadata", "labels", "applyset.kubernetes.io/part-of"});
  EXPECT_THAT(said, HasSubstr("applyset.kubernetes.io/part-of=" + std::string(label)));
  EXPECT_EQ(delivery("shop").string_at({"metadata", "annotations", "sealift.dev/cluster"}), "");

  // And the other way round.
  wait_for("condition=Ready");
  declare("shop", edge_);
  EXPECT_TRUE(eventually([&] {
    return warnings().find("the puller's own cluster (2 obj") != std::string::npos;
  })) << warnings();
  EXPECT_EQ(value_of("a"), "2");
}

TEST_F(RemoteCluster, HealthThereIsToldHere) {
  const auto web =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: " + name_ +
      "}\nspec:\n  replicas: 1\n  selector: {matchLabels: {app: web}}\n  template:\n"
      "    metadata: {labels: {app: web}}\n    spec: {containers: [{name: web, image: "
      "'example.com/web:1'}]}\n";
  put("web.yaml", web);
  publish();
  start_puller();
  declare("shop", edge_ + "  wait: true\n");
  expect_message("web", "shop");
  EXPECT_EQ(condition("Ready").string_at({"status"}), "Unknown");
  EXPECT_TRUE(eventually([&] {
    const auto live = delivery("shop");
    const auto* unhealthy = live.find_path({"status", "unhealthy"});
    return unhealthy != nullptr && unhealthy->as_array()->size() == 1;
  })) << dump_json(delivery("shop"));
  change("web.yaml", "replicas: 1", "replicas: 0");
  publish();
  wait_for("condition=Ready");
  EXPECT_TRUE(get(apps("deployments/web")).is_null());
}

TEST_F(RemoteCluster, WhatTheAccountMayNotThereIsNamedAndNothingIsTouched) {
  put("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: " + name_ +
                          "}\nspec: {ports: [{port: 80}]}\n");
  publish();
  // Here it might; that counts for nothing there.
  kubectl({"create", "role", "services", "--verb=*", "--resource=services"});
  kubectl({"create", "rolebinding", "services", "--role=services",
           "--serviceaccount=" + name_ + ":deployer"});
  start_puller();
  declare("shop", edge_);
  EXPECT_THAT(message_for("Forbidden"),
              AllOf(HasSubstr("system:serviceaccount:" + name_ + ":deployer"),
                    HasSubstr("resource \"services\"")));
  EXPECT_TRUE(remote_get(core("configmaps/a")).is_null());
  EXPECT_TRUE(config_map_at("a").is_null());
}

// What a second management cluster with a Delivery of the same name would do.
TEST_F(RemoteCluster, TwoDeliveriesNeverShareOneSet) {
  start_puller();
  declare("shop", edge_);
  wait_for("condition=Ready");
  stop_puller();
  patch_delivery("shop", R"({"metadata":{"finalizers":null}})");
  kubectl({"delete", "delivery", "shop"});
  remote_proxy_.forget_requests();
  state_ = "another";
  start_puller();
  change("a.yaml", "\"1\"", "\"2\"");
  publish();
  declare("shop", edge_);
  expect_message("is the inventory of another Delivery", "shop");
  EXPECT_THAT(remote_proxy_.writes(), IsEmpty());
  EXPECT_EQ(remote_value_of("a"), "1");
  // It has brought nothing, so it takes nothing along.
  kubectl({"delete", "delivery", "shop", "--wait=false"});
  wait_for("delete");
  EXPECT_THAT(remote_proxy_.writes(), IsEmpty());
  EXPECT_EQ(remote_value_of("a"), "1");
}

}  // namespace
}  // namespace sealift::e2e
