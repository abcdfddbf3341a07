#include <gmock/gmock.h>

#include "delivery_case.h"
#include "support/registry_server.h"

namespace sealift::e2e {
namespace {

using test::ProxiedRequest;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ClusterDelivery : public DeliveryCase {};

TEST_F(ClusterDelivery, FirstDeliveryBringsADefinitionAndItsInstance) {
  const test::RegistryServer registry("distribution");
  use_repository("oci://" + registry.address() + "/shop");
  put_shop();
  publish();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.kind(), "delivered");
  EXPECT_EQ(run.count("applied"), 9) << run;
  EXPECT_EQ(get(promotion_path()).string_at({"spec", "title"}), "Winter sale");
  EXPECT_EQ(deployment().find_path({"status", "availableReplicas"})->as_int64(), 3);
  EXPECT_THAT(inventory("applyset.kubernetes.io/contains-group-kinds"),
              HasSubstr("Promotion." + name_ + ".example.com"));
  EXPECT_EQ(inventory("dev.sealift.digest"), run.outcome.string_at({"digest"}));
  EXPECT_EQ(inventory("dev.sealift.sequence"), "1");
  EXPECT_THAT(events(), ElementsAre("accepted", "delivered"));
}

TEST_F(ClusterDelivery, AnUnchangedArtifactIsOneHeadAndWatches) {
  const test::RegistryServer registry("distribution");
  test::CountingProxy front("http://" + registry.address(), nullptr);
  put_shop();
  use_repository("oci://" + front.url().substr(std::string_view("http://").size()) + "/shop");
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  const auto before = snapshot();
  proxy_.forget_requests();
  front.forget_requests();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.kind(), "unchanged") << run;
  EXPECT_EQ(run.count("unchanged"), 9);
  ASSERT_EQ(front.requests().size(), 1u);
  EXPECT_EQ(front.requests().front().line(), "HEAD /v2/shop/manifests/prod");
  for (const auto& request : proxy_.requests()) {
    const bool is_discovery = request.path == "/api" || request.path == "/apis";
    const bool is_inventory = request.path == core("configmaps/sealift-shop");
    const bool is_watch =
        request.is_watch() && request.query.find("labelSelector=") != std::string::npos;
    EXPECT_EQ(request.method, "GET") << request.line();
    EXPECT_TRUE(is_discovery || is_inventory || is_watch) << request.line();
  }
  EXPECT_EQ(snapshot(), before);
}

TEST_F(ClusterDelivery, AnUpdateOfOneObjectIsOnePatch) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  change("config.yaml", "currency: EUR", "currency: CHF");
  publish();
  proxy_.forget_requests();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("applied"), 1);
  EXPECT_EQ(run.count("unchanged"), 8);
  EXPECT_THAT(application_writes(), ElementsAre("PATCH " + core("configmaps/shop-web")));
  EXPECT_EQ(inventory_writes().size(), 1u) << "the acceptance";
  EXPECT_EQ(proxy_.count([](const ProxiedRequest& r) { return r.is_dry_run(); }), 1u);
  EXPECT_EQ(config_map_at("shop-web").string_at({"data", "currency"}), "CHF");
}

TEST_F(ClusterDelivery, AnEndedInterestPrunesAndTheKeepAnnotationStays) {
  put_small();
  change("c.yaml", "metadata: {", "metadata: {annotations: {sealift.dev/keep: \"true\"}, ");
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  drop("b.yaml");
  drop("c.yaml");
  publish();
  proxy_.forget_requests();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("pruned"), 1);
  EXPECT_THAT(application_writes(), ElementsAre("DELETE " + core("configmaps/b")));
  EXPECT_TRUE(config_map_at("b").is_null());
  EXPECT_EQ(value_of("c"), "1");
  EXPECT_EQ(deliver().kind(), "unchanged");
}

TEST_F(ClusterDelivery, TheLastObjectOfAKindPrunesTheKindFromTheInventory) {
  put_small();
  put("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: " + name_ +
                          "}\nspec: {ports: [{port: 80}]}\n");
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  EXPECT_EQ(inventory("applyset.kubernetes.io/contains-group-kinds"),
            "ConfigMap,Namespace,Service");
  drop("service.yaml");
  publish();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("pruned"), 1);
  EXPECT_EQ(inventory("applyset.kubernetes.io/contains-group-kinds"), "ConfigMap,Namespace");
}

TEST_F(ClusterDelivery, APruneOverTheLimitChangesNothing) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  drop("a.yaml");
  drop("b.yaml");
  change("c.yaml", "\"1\"", "\"2\"");
  publish();
  more_spec_ = "  pruneLimit: 1\n";
  const auto before = snapshot();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 5) << run;
  EXPECT_EQ(run.stage(), "plan");
  EXPECT_THAT(run.reason(), HasSubstr("would delete 2 objects"));
  EXPECT_EQ(snapshot(), before);
  more_spec_ = "  pruneLimit: 2\n";
  EXPECT_EQ(deliver().count("pruned"), 2);
}

TEST_F(ClusterDelivery, WithoutPruneWhatIsNoLongerWantedStays) {
  more_spec_ = "  prune: false\n";
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  drop("b.yaml");
  publish();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(value_of("b"), "1");
  // It is still a member, and goes once prune is allowed.
  more_spec_ = "";
  EXPECT_EQ(deliver().count("pruned"), 1);
  EXPECT_TRUE(config_map_at("b").is_null());
}

TEST_F(ClusterDelivery, AFieldTakenByAnotherClientIsGivenBack) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  kubectl({"scale", "deployment/shop-web", "--replicas=1"});
  proxy_.forget_requests();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("applied"), 1);
  EXPECT_EQ(deployment().find_path({"spec", "replicas"})->as_int64(), 3);
  EXPECT_THAT(application_writes(), ElementsAre("PATCH " + apps("deployments/shop-web")));

  kubectl({"set", "image", "deployment/shop-web", "web=registry.example.com/other:1"});
  ASSERT_EQ(deliver().count("applied"), 1);
  EXPECT_THAT(dump_json(deployment()), Not(HasSubstr("registry.example.com/other")));
  EXPECT_EQ(deliver().kind(), "unchanged");
}

TEST_F(ClusterDelivery, WhatAnotherClientAddsIsLeftAlone) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  kubectl({"annotate", "configmap/a", "example.com/note=mine"});
  const auto before = snapshot();
  EXPECT_EQ(deliver().kind(), "unchanged");
  EXPECT_EQ(snapshot(), before);
}

TEST_F(ClusterDelivery, ADeletedObjectComesBack) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  kubectl({"delete", "configmap/shop-web"});
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("applied"), 1);
  EXPECT_EQ(config_map_at("shop-web").string_at({"data", "currency"}), "EUR");
}

TEST_F(ClusterDelivery, ADeletedNamespaceComesBackWithAllInIt) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  kubectl({"delete", "namespace", name_});
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(value_of("a"), "1");
  EXPECT_EQ(deliver().kind(), "unchanged");
}

TEST_F(ClusterDelivery, ADeletedDefinitionComesBackWithItsInstance) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  kubectl({"delete", "crd", "promotions." + name_ + ".example.com"});
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("applied"), 2);
  EXPECT_EQ(get(promotion_path()).string_at({"spec", "title"}), "Winter sale");
}

TEST_F(ClusterDelivery, DetectedDriftIsSaidAndLeft) {
  more_spec_ = "  drift: detect\n";
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  cluster_.kubectl_apply(config_map("a", "mine"));
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("drifted"), 1);
  EXPECT_THAT(run.log, HasSubstr("ConfigMap " + name_ + "/a"));
  EXPECT_EQ(value_of("a"), "mine");
  more_spec_ = "  drift: ignore\n";
  EXPECT_EQ(deliver().count("drifted"), 0);
  EXPECT_EQ(value_of("a"), "mine");
  more_spec_ = "";
  EXPECT_EQ(deliver().count("applied"), 1);
  EXPECT_EQ(value_of("a"), "1");
}

TEST_F(ClusterDelivery, ASchemaErrorLeavesEverythingAsItWas) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  const auto before = snapshot();
  change("config.yaml", "currency: EUR", "currency: CHF");
  change("promotion.yaml", "percentOff: 20", "percentOff: 200");
  change("web.yaml", "minAvailable: 2", "minAvailabel: 2");
  publish();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 7) << run;
  EXPECT_EQ(run.kind(), "failed");
  EXPECT_EQ(run.stage(), "preflight");
  EXPECT_THAT(run.reason(), HasSubstr("refuses 2 objects, so nothing was changed"));
  EXPECT_THAT(run.reason(), HasSubstr("spec.percentOff"));
  EXPECT_THAT(run.reason(), HasSubstr("minAvailabel"));
  EXPECT_THAT(run.reason(), HasSubstr("web.yaml:")) << "the file and line";
  EXPECT_EQ(snapshot(), before);
  EXPECT_THAT(events(), ElementsAre("accepted", "delivered", "failed"));
  EXPECT_EQ(decisions().back().string_at({"stage"}), "preflight");
}

TEST_F(ClusterDelivery, AnAdmissionPolicyRefusesTheWholeUpdate) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  cluster_.kubectl_apply(
      "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\n"
      "metadata: {name: " +
      name_ +
      "}\nspec:\n  matchConstraints:\n    resourceRules:\n"
      "    - {apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE, UPDATE],"
      " resources: [configmaps]}\n  validations:\n"
      "  - {expression: \"!has(object.data) || !('currency' in object.data) ||"
      " object.data.currency != 'CHF'\", message: \"pay in euro\"}\n---\n"
      "apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicyBinding\n"
      "metadata: {name: " +
      name_ + "}\nspec:\n  policyName: " + name_ +
      "\n  validationActions: [Deny]\n  matchResources: {namespaceSelector: {matchLabels:"
      " {kubernetes.io/metadata.name: " +
      name_ + "}}}\n");
  const auto probe =
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: probe}\ndata: {currency: CHF}\n";
  ASSERT_TRUE(eventually([&] {
    return cluster_.kubectl({"-n", name_, "create", "--dry-run=server", "-f", "-"}, probe)
               .exit_code != 0;
  })) << "the policy is in force";
  const auto before = snapshot();
  change("config.yaml", "currency: EUR", "currency: CHF");
  change("web.yaml", "replicas: 3", "replicas: 2");
  publish();
  const auto run = deliver();
  EXPECT_EQ(run.kind(), "failed") << run;
  EXPECT_EQ(run.stage(), "preflight");
  EXPECT_THAT(run.reason(), HasSubstr("pay in euro"));
  EXPECT_EQ(snapshot(), before);
  kubectl({"delete", "validatingadmissionpolicybinding", name_});
}

TEST_F(ClusterDelivery, AnArtifactForANamespaceThatExistsIsAskedAboutAsAWhole) {
  kubectl({"create", "namespace", name_});
  put_small();
  change("b.yaml", "\ndata:", "\ndatum:");
  publish();
  const auto before = snapshot();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 7) << run;
  EXPECT_EQ(run.stage(), "preflight") << run;
  EXPECT_EQ(snapshot(), before);
}

TEST_F(ClusterDelivery, AnObjectOfAnotherDeliveryIsNotTaken) {
  kubectl({"create", "namespace", name_});
  cluster_.kubectl_apply(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: " + name_ +
      ", labels: {applyset.kubernetes.io/part-of: applyset-other-v1}}\n");
  put_small();
  publish();
  const auto before = snapshot();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 8) << run;
  EXPECT_THAT(run.reason(), AllOf(HasSubstr("belongs to another delivery"),
                                  HasSubstr("none that can be seen in this cluster is that one")));
  EXPECT_EQ(snapshot(), before);
}

// It was ours, was deleted, and somebody else's stands in its place now.
TEST_F(ClusterDelivery, AnObjectThatWentToAnotherDeliveryIsNotTakenBack) {
  put_small();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  kubectl({"delete", "configmap/b"});
  cluster_.kubectl_apply(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, namespace: " + name_ +
      ", labels: {applyset.kubernetes.io/part-of: applyset-other-v1}}\n");
  const auto before = snapshot();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 8) << run;
  EXPECT_EQ(snapshot(), before);
}

TEST_F(ClusterDelivery, TheTargetNamespaceTakesEveryNamespacedObject) {
  const auto other = cluster_.make_namespace();
  more_spec_ = "  targetNamespace: " + other + "\n";
  put_shop();
  publish();
  const auto run = deliver();
  ASSERT_EQ(run.exit_code, 0) << run;
  EXPECT_TRUE(config_map_at("shop-web").is_null());
  EXPECT_FALSE(get("/api/v1/namespaces/" + other + "/configmaps/shop-web").is_null());
  EXPECT_FALSE(
      get("/apis/" + name_ + ".example.com/v1/namespaces/" + other + "/promotions/winter-sale")
          .is_null());
  EXPECT_EQ(inventory("applyset.kubernetes.io/additional-namespaces"), other);
  drop("config.yaml");
  publish();
  EXPECT_EQ(deliver().count("pruned"), 1);
  EXPECT_TRUE(get("/api/v1/namespaces/" + other + "/configmaps/shop-web").is_null());
}

// All that a lost state costs is one apply, which changes nothing.
TEST_F(ClusterDelivery, WithoutItsDiskThePullerFindsItsObjectsAgain) {
  put_shop();
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  // The inventory names the disk of who wrote last, and nothing else in it changes.
  const auto objects = [this] {
    auto all = snapshot();
    EXPECT_EQ(all.erase(inventory_path()), 1u);
    return all;
  };
  const auto before = objects();
  const auto digest = inventory("dev.sealift.digest");
  const auto writer = inventory("dev.sealift.writer");
  state_ = "another-state";
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.count("applied"), 9);
  EXPECT_EQ(objects(), before);
  EXPECT_EQ(inventory("dev.sealift.digest"), digest);
  EXPECT_NE(inventory("dev.sealift.writer"), writer);
  drop("config.yaml");
  publish();
  state_ = "a-third-state";
  EXPECT_EQ(deliver().count("pruned"), 1);
}

TEST_F(ClusterDelivery, ASuspendedDeliveryDoesNothing) {
  more_spec_ = "  suspend: true\n";
  put_small();
  publish();
  const auto run = deliver();
  EXPECT_EQ(run.exit_code, 0) << run;
  EXPECT_EQ(run.kind(), "suspended");
  EXPECT_TRUE(proxy_.requests().empty());
}

}  // namespace
}  // namespace sealift::e2e
