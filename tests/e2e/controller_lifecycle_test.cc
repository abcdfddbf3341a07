#include <gmock/gmock.h>

#include <fstream>

#include "controller_case.h"

namespace sealift::e2e {
namespace {

using testing::HasSubstr;

using ControllerLifecycle = ControllerCase;

TEST_F(ControllerLifecycle, ADeliveryBecomesReadyAndTakesItsObjectsAlong) {
  publish();
  trust();
  start_puller();
  declare();
  wait_for("condition=Ready");
  EXPECT_EQ(value_of("a"), "1");
  const auto live = delivery("shop");
  EXPECT_THAT(dump_json(*live.find_path({"metadata", "finalizers"})), HasSubstr("sealift.dev"));
  EXPECT_EQ(live.find_path({"status", "observedGeneration"})->as_int64(), 1);
  EXPECT_EQ(live.find_path({"status", "inventory", "objects"})->as_int64(), 2);
  EXPECT_EQ(live.find_path({"status", "accepted", "sequence"})->as_int64(), 1);
  EXPECT_EQ(live.string_at({"status", "accepted", "digest"}),
            live.string_at({"status", "artifact", "digest"}));
  EXPECT_EQ(dump_json(*live.find_path({"status", "artifact", "signers"})), R"(["release"])");
  EXPECT_TRUE(condition("Stalled").is_null());
  EXPECT_TRUE(condition("Reconciling").is_null());

  // The next artifact changes one object and has no more of another.
  change("a.yaml", "\"1\"", "\"2\"");
  drop("b.yaml");
  publish();
  expect_value("a", "2");
  expect_gone(core("configmaps/b"));

  kubectl({"delete", "delivery", "shop", "--wait=false"});
  wait_for("delete");
  EXPECT_TRUE(config_map_at("a").is_null());
}

TEST_F(ControllerLifecycle, OrphanedObjectsStay) {
  publish();
  trust();
  start_puller();
  declare("shop", std::string(kAccount) + "  deletionPolicy: orphan\n");
  wait_for("condition=Ready");
  kubectl({"delete", "delivery", "shop", "--wait=false"});
  wait_for("delete");
  EXPECT_EQ(value_of("a"), "1");
  EXPECT_EQ(value_of("b"), "1");
}

TEST_F(ControllerLifecycle, WhatIsKeptKeepsItsNamespaceAndItsDefinition) {
  kubectl({"create", "clusterrolebinding", "deployer-" + name_, "--clusterrole=cluster-admin",
           "--serviceaccount=" + name_ + ":deployer"});
  const auto data = name_ + "-data";
  const std::string keep = "annotations: {sealift.dev/keep: \"true\"}";
  put_promotion();
  drop("namespace.yaml");
  change("promotion.yaml", "metadata:\n", "metadata:\n  " + keep + "\n");
  put("data.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: " + data + "}\n");
  put("kept.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, namespace: " + data +
                       ", " + keep + "}\n");
  publish();
  trust();
  start_puller();
  declare();
  wait_for("condition=Ready");
  kubectl({"delete", "delivery", "shop", "--wait=false"});
  wait_for("delete");
  EXPECT_TRUE(config_map_at("a").is_null());
  for (const auto& path : {"/api/v1/namespaces/" + data,
                           "/api/v1/namespaces/" + data + "/configmaps/kept", promotion_path(),
                           "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/promotions." +
                               name_ + ".example.com"}) {
    const auto live = get(path);
    EXPECT_FALSE(live.is_null()) << path;
    EXPECT_EQ(live.string_at({"metadata", "deletionTimestamp"}), "") << path;
    EXPECT_EQ(live.string_at({"metadata", "labels", "applyset.kubernetes.io/part-of"}), "") << path;
  }
}

// Backup tools bring annotations and finalizers back, and no status.
TEST_F(ControllerLifecycle, OneFromABackupTakesItsObjectsAlongThoughNothingIsAccepted) {
  publish();
  trust();
  start_puller();
  declare();
  wait_for("condition=Ready");
  stop_puller();
  const auto live = delivery("shop");
  Json metadata = Json::object();
  for (const auto* name : {"name", "namespace", "labels", "annotations", "finalizers"}) {
    metadata.set(name, *live.find_path({"metadata", name}));
  }
  Json backup = Json::object();
  for (const auto* name : {"apiVersion", "kind", "spec"}) backup.set(name, *live.find(name));
  backup.set("metadata", std::move(metadata));
  patch_delivery("shop", R"({"metadata":{"finalizers":null}})");
  kubectl({"delete", "delivery", "shop"});
  kubectl({"delete", "trustpolicies", policy_name()});
  kubectl({"create", "-f", "-"}, dump_json(backup));

  state_ = "another-state";
  start_puller();
  message_for("Refused");
  EXPECT_EQ(value_of("a"), "1");
  kubectl({"delete", "delivery", "shop", "--wait=false"});
  wait_for("delete");
  EXPECT_TRUE(config_map_at("a").is_null());
  EXPECT_TRUE(config_map_at("b").is_null());
}

TEST_F(ControllerLifecycle, WhatNoPolicyCoversIsRefusedUntilOneDoes) {
  publish();
  start_puller();
  declare();
  EXPECT_THAT(message_for("Refused"), HasSubstr("TrustPolicy"));
  EXPECT_EQ(condition("Ready").string_at({"status"}), "False");
  EXPECT_EQ(condition("Stalled").string_at({"reason"}), "Refused");
  EXPECT_TRUE(config_map_at("a").is_null());
  EXPECT_TRUE(eventually([&] { return warnings().find("Refused") != std::string::npos; }));
  trust();
  wait_for("condition=Ready");
  EXPECT_EQ(value_of("a"), "1");
}

TEST_F(ControllerLifecycle, AnUnsignedArtifactIsRefusedAndChangesNothing) {
  publish();
  trust();
  start_puller();
  declare();
  wait_for("condition=Ready");
  change("a.yaml", "\"1\"", "\"2\"");
  publish_as(++sequence_, {});
  EXPECT_THAT(message_for("Refused"), HasSubstr("sign"));
  EXPECT_EQ(condition("Stalled").string_at({"reason"}), "Refused");
  EXPECT_EQ(value_of("a"), "1");
  publish();
  wait_for("condition=Ready");
  expect_value("a", "2");
}

TEST_F(ControllerLifecycle, TheShippedDeploymentGivesFlagsThatExist) {
  const auto help = test::run_process({program("sealift-puller"), "--help"});
  ASSERT_EQ(help.exit_code, 0) << help.err;
  std::ifstream manifest(std::string(SEALIFT_SOURCE_DIR) + "/packaging/install/puller.yaml");
  int flags = 0;
  for (std::string line; std::getline(manifest, line);) {
    const auto at = line.find("- --");
    if (at == std::string::npos) continue;
    const auto flag = line.substr(at + 2, line.find('=', at) - at - 2);
    EXPECT_THAT(help.out, HasSubstr("  " + flag + " ")) << line;
    ++flags;
  }
  EXPECT_GT(flags, 0);
}

}  // namespace
}  // namespace sealift::e2e
