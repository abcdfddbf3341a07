#include <sealift/delivery/delivery.h>
#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "support/result_matchers.h"
#include "unit/delivery/delivery_samples.h"

namespace sealift::delivery {
namespace {

using namespace std::chrono_literals;
using sealift::test::fails_with;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Result<Delivery> parse(const std::string& yaml) {
  auto documents = objects::parse_yaml(yaml, "d.yaml");
  if (!documents) return fail(documents.error());
  return parse_delivery(documents->at(0).value, "d.yaml:1:1");
}

Result<Delivery> parse_spec(const std::string& spec) { return parse(delivery_with(spec)); }

TEST(Delivery, ReadsEachField) {
  ASSERT_OK_ASSIGN(const auto delivery, parse_spec(R"(
  artifact:
    url: oci://registry.example.com:5000/shop/web
    semver: ">=1.2.0 <2.0.0"
    secretRef: {name: pull}
    certSecretRef: {name: certs}
    proxySecretRef: {name: proxy}
    insecure: true
  interval: 10m
  retryInterval: 500ms
  timeout: 1h30m
  path: ./prod/eu/
  targetNamespace: shop-eu
  serviceAccountName: deployer.eu
  prune: false
  pruneLimit: 0
  wait: false
  drift: detect
  preflight: false
  onFailure: rollback
  force: true
  deletionPolicy: orphan
  suspend: true
)"));
  EXPECT_EQ(delivery.id(), "edge/shop");
  EXPECT_EQ(delivery.artifact.repository.name(), "registry.example.com:5000/shop/web");
  EXPECT_EQ(delivery.artifact.select.semver, ">=1.2.0 <2.0.0");
  EXPECT_EQ(delivery.artifact.select.tag, "");
  EXPECT_FALSE(delivery.artifact.select.digest);
  EXPECT_EQ(delivery.artifact.secret_name, "pull");
  EXPECT_EQ(delivery.artifact.cert_secret_name, "certs");
  EXPECT_EQ(delivery.artifact.proxy_secret_name, "proxy");
  EXPECT_TRUE(delivery.artifact.insecure);
  EXPECT_EQ(delivery.interval, 10min);
  EXPECT_EQ(delivery.retry_interval, 500ms);
  EXPECT_EQ(delivery.timeout, 90min);
  EXPECT_EQ(delivery.path, "prod/eu");
  EXPECT_EQ(delivery.target_namespace, "shop-eu");
  EXPECT_EQ(delivery.service_account_name, "deployer.eu");
  EXPECT_FALSE(delivery.prune);
  EXPECT_EQ(delivery.prune_limit, 0u);
  EXPECT_FALSE(delivery.wait);
  EXPECT_EQ(delivery.drift, DriftMode::kDetect);
  EXPECT_FALSE(delivery.preflight);
  EXPECT_EQ(delivery.on_failure, FailureAction::kRollback);
  EXPECT_TRUE(delivery.force);
  EXPECT_EQ(delivery.deletion_policy, DeletionPolicy::kOrphan);
  EXPECT_TRUE(delivery.suspend);
}

TEST(Delivery, ReadsWhatIsReferredTo) {
  ASSERT_OK_ASSIGN(const auto delivery, parse_spec(R"(
  artifact: {url: "oci://r.example.com/a"}
  kubeConfig: {secretRef: {name: far-kubeconfig, key: config}}
  dependsOn:
    - name: database
    - {name: issuer, namespace: security}
  substitute: {REGION: eu, _1: ""}
  substituteFrom:
    - {kind: ConfigMap, name: defaults}
    - {kind: Secret, name: passwords, optional: true}
  commonMetadata:
    labels: {example.com/team: web}
    annotations: {note: a sentence}
)"));
  EXPECT_EQ(delivery.kube_config.secret_name, "far-kubeconfig");
  EXPECT_EQ(delivery.kube_config.key, "config");
  EXPECT_THAT(delivery.depends_on,
              ElementsAre(DeliveryName{"edge", "database"}, DeliveryName{"security", "issuer"}));
  EXPECT_THAT(delivery.substitute, ElementsAre(Pair("REGION", "eu"), Pair("_1", "")));
  ASSERT_EQ(delivery.substitute_from.size(), 2u);
  EXPECT_EQ(delivery.substitute_from[0].kind, SubstituteSource::Kind::kConfigMap);
  EXPECT_EQ(delivery.substitute_from[0].name, "defaults");
  EXPECT_FALSE(delivery.substitute_from[0].optional);
  EXPECT_EQ(delivery.substitute_from[1].kind, SubstituteSource::Kind::kSecret);
  EXPECT_EQ(delivery.substitute_from[1].name, "passwords");
  EXPECT_TRUE(delivery.substitute_from[1].optional);
  EXPECT_THAT(delivery.common_labels, ElementsAre(Pair("example.com/team", "web")));
  EXPECT_THAT(delivery.common_annotations, ElementsAre(Pair("note", "a sentence")));
}

TEST(Delivery, ReadsItsRules) {
  ASSERT_OK_ASSIGN(const auto delivery, parse_spec(R"(
  artifact: {url: "oci://r.example.com/a"}
  healthChecks:
    - group: db.example.com
      kind: Database
      current: [{path: /status/phase, equals: Ready}, {path: /status/replicas, equals: 3}]
      failed: [{path: /status/phase, in: [Broken, Lost]}]
      inProgress: [{path: "/status/jobs/[name=restore]", exists: true}]
    - {kind: Endpoints, current: [{path: /subsets, exists: true}]}
  driftRules:
    - {kind: Deployment, group: apps, namespace: "team-*", name: "web*", mode: detect}
    - paths: [/spec/replicas, "/spec/containers/[name=web]/image"]
)"));
  ASSERT_EQ(delivery.health_checks.size(), 2u);
  const auto& check = delivery.health_checks[0];
  EXPECT_EQ(check.group, "db.example.com");
  EXPECT_EQ(check.kind, "Database");
  ASSERT_EQ(check.current.size(), 2u);
  EXPECT_EQ(check.current[0].path, "/status/phase");
  EXPECT_EQ(check.current[0].test, FieldTest::Operator::kEquals);
  EXPECT_THAT(check.current[0].values, ElementsAre(Json("Ready")));
  EXPECT_THAT(check.current[1].values, ElementsAre(Json(3)));
  ASSERT_EQ(check.failed.size(), 1u);
  EXPECT_EQ(check.failed[0].test, FieldTest::Operator::kIn);
  EXPECT_THAT(check.failed[0].values, ElementsAre(Json("Broken"), Json("Lost")));
  ASSERT_EQ(check.in_progress.size(), 1u);
  EXPECT_EQ(check.in_progress[0].test, FieldTest::Operator::kExists);
  EXPECT_EQ(check.in_progress[0].path, "/status/jobs/[name=restore]");
  EXPECT_THAT(check.in_progress[0].values, IsEmpty());
  EXPECT_EQ(delivery.health_checks[1].group, "");
  ASSERT_EQ(delivery.drift_rules.size(), 2u);
  const auto& rule = delivery.drift_rules[0];
  EXPECT_EQ(rule.kind + " " + rule.group + " " + rule.name_space + " " + rule.name,
            "Deployment apps team-* web*");
  EXPECT_EQ(rule.mode, DriftMode::kDetect);
  EXPECT_THAT(rule.paths, IsEmpty());
  EXPECT_EQ(delivery.drift_rules[1].kind, "");
  EXPECT_THAT(delivery.drift_rules[1].paths,
              ElementsAre("/spec/replicas", "/spec/containers/[name=web]/image"));
}

TEST(Delivery, ReadsWhatACustomResourceHasBesideItsSpec) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  ASSERT_OK_ASSIGN(const auto delivery, parse(R"(
apiVersion: sealift.dev/v1alpha1
kind: Delivery
metadata:
  name: shop-x7k2p
  generateName: shop-
  namespace: edge
  uid: 55eaba55-cca8-4f82-81da-aecb2728d4b1
  generation: 7
  deletionTimestamp: "2026-11-22T18:41:26Z"
  finalizers: [sealift.dev/delivery]
  managedFields: [{manager: kubectl}]
  annotations:
    sealift.dev/requestedAt: "2026-11-22T19:00:00Z"
    reconcile.fluxcd.io/requestedAt: "2026-11-22T18:00:00Z"
    sealift.dev/rollback-to: )" + digest + R"(
    sealift.dev/allow-dependents: shop, shop-eu,
spec: {artifact: {url: "oci://r.example.com/a"}}
status: {observedGeneration: "of any type"}
)"));
  EXPECT_EQ(delivery.uid, "55eaba55-cca8-4f82-81da-aecb2728d4b1");
  EXPECT_EQ(delivery.generation, 7);
  EXPECT_TRUE(delivery.deleting);
  EXPECT_EQ(delivery.requested_at, "2026-11-22T19:00:00Z");
  ASSERT_TRUE(delivery.rollback_to);
  EXPECT_EQ(delivery.rollback_to->to_string(), digest);
  EXPECT_THAT(delivery.allowed_dependents, ElementsAre("shop", "shop-eu"));
}

Result<Delivery> parse_annotated(const std::string& annotation) {
  return parse(
      "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: shop, "
      "annotations: {" +
      annotation + "}}\nspec: {artifact: {url: 'oci://r.example.com/a'}}\n");
}

TEST(Delivery, TakesTheLaterOfTwoRequests) {
  const std::pair<std::string, std::string> cases[] = {
      {"reconcile.fluxcd.io/requestedAt: now", "now"},
      {"sealift.dev/requestedAt: '2026-01-01T00:00:00Z'", "2026-01-01T00:00:00Z"},
      {"sealift.dev/requestedAt: '2026-01-01T00:00:00Z', reconcile.fluxcd.io/requestedAt: "
       "'2026-01-01T00:00:01Z'",
       "2026-01-01T00:00:01Z"},
      {"other: x", ""},
  };
  for (const auto& [annotation, expected] : cases) {
    SCOPED_TRACE(annotation);
    ASSERT_OK_ASSIGN(const auto delivery, parse_annotated(annotation));
    EXPECT_EQ(delivery.requested_at, expected);
  }
}

TEST(Delivery, PermitsDependentsByNamespace) {
  const std::pair<std::string, std::vector<std::string>> cases[] = {
      {"other: x", {}},
      {"sealift.dev/allow-dependents: ''", {}},
      {"sealift.dev/allow-dependents: '*'", {"*"}},
      {"sealift.dev/allow-dependents: ' a ,b,, c'", {"a", "b", "c"}},
  };
  for (const auto& [annotation, expected] : cases) {
    SCOPED_TRACE(annotation);
    ASSERT_OK_ASSIGN(const auto delivery, parse_annotated(annotation));
    EXPECT_EQ(delivery.allowed_dependents, expected);
  }
}

TEST(Delivery, KnowsAnnotationsOfOthersAndOfItsPuller) {
  for (const auto* annotation :
       {"kubectl.kubernetes.io/last-applied-configuration: '{}'",
        "applyset.kubernetes.io/tooling: x", "sealift.dev/cluster: https://api.test",
        "sealift.dev/keep: 'true'", "sealift.dev/artifact: x"}) {
    EXPECT_OK(parse_annotated(annotation)) << annotation;
  }
}

// Its objects could not be removed otherwise.
TEST(Delivery, OnItsWayOutMayHaveAnnotationsThatMeanNothing) {
  EXPECT_OK(
      parse("apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: shop, "
            "deletionTimestamp: '2026-11-22T18:41:26Z', annotations: "
            "{sealift.dev/rollbackto: x}}\nspec: {artifact: {url: 'oci://r.example.com/a'}}\n"));
}

TEST(Delivery, RefusesAnnotationsThatMeanNothing) {
  std::string many = "a0";
  for (int i = 1; i <= 256; ++i) many += ",a" + std::to_string(i);
  const std::pair<std::string, std::string> cases[] = {
      {"sealift.dev/rollback-to: v1", "annotations.sealift.dev/rollback-to: \"v1\" is no digest"},
      {"sealift.dev/rollback-to: ''", "annotations.sealift.dev/rollback-to: \"\" is no digest"},
      {"sealift.dev/allow-dependents: 'team-*'",
       "annotations.sealift.dev/allow-dependents: \"team-*\" is no namespace; write \"*\" for all"},
      {"sealift.dev/allow-dependents: '" + many + "'", "names more than 256 namespaces"},
      {"sealift.dev/requestedAt: '" + std::string(257, 'a') + "'",
       "annotations.sealift.dev/requestedAt: must have at most 256 characters"},
      {"sealift.dev/rollbackto: 'sha256:00'",
       "metadata.annotations.sealift.dev/rollbackto: means nothing: is it "
       "\"sealift.dev/rollback-to\"?"},
      {"sealift.dev/suspend: 'true'", "annotations.sealift.dev/suspend: means nothing: there are"},
  };
  for (const auto& [annotation, message] : cases) {
    SCOPED_TRACE(annotation);
    EXPECT_THAT(parse_annotated(annotation), fails_with(ErrorCode::kInvalidInput, message));
  }
}

TEST(Delivery, HasTheDefaultsOfItsDocumentation) {
  ASSERT_OK_ASSIGN(const auto delivery, parse(R"(
apiVersion: sealift.dev/v1alpha1
kind: Delivery
metadata: {name: shop, labels: {team: web}}
spec: {artifact: {url: "oci-layout:/media/usb"}}
status: {anything: true}
)"));
  EXPECT_EQ(delivery.id(), "default/shop");
  EXPECT_EQ(delivery.artifact.repository.name(), "oci-layout:/media/usb");
  EXPECT_EQ(delivery.artifact.select.tag, "latest");
  EXPECT_FALSE(delivery.artifact.insecure);
  EXPECT_EQ(delivery.interval, 5min);
  EXPECT_EQ(delivery.retry_interval, 1min);
  EXPECT_EQ(delivery.timeout, 5min);
  EXPECT_EQ(delivery.path, "");
  EXPECT_EQ(delivery.target_namespace, "");
  EXPECT_EQ(delivery.service_account_name, "");
  EXPECT_TRUE(delivery.prune);
  EXPECT_FALSE(delivery.prune_limit);
  EXPECT_TRUE(delivery.wait);
  EXPECT_EQ(delivery.drift, DriftMode::kCorrect);
  EXPECT_TRUE(delivery.preflight);
  EXPECT_EQ(delivery.on_failure, FailureAction::kKeep);
  EXPECT_FALSE(delivery.force);
  EXPECT_EQ(delivery.deletion_policy, DeletionPolicy::kDelete);
  EXPECT_FALSE(delivery.suspend);
  EXPECT_EQ(delivery.kube_config.secret_name, "");
  EXPECT_THAT(delivery.health_checks, IsEmpty());
  EXPECT_THAT(delivery.depends_on, IsEmpty());
  EXPECT_THAT(delivery.drift_rules, IsEmpty());
  EXPECT_EQ(delivery.uid, "");
  EXPECT_EQ(delivery.generation, 0);
  EXPECT_EQ(delivery.requested_at, "");
  EXPECT_FALSE(delivery.rollback_to);
  EXPECT_FALSE(delivery.deleting);
}

TEST(Delivery, TakesADigest) {
  const std::string digest = "sha256:" + std::string(64, 'a');
  ASSERT_OK_ASSIGN(
      const auto delivery,
      parse_spec("{artifact: {url: 'oci://r.example.com/a', digest: '" + digest + "'}}"));
  ASSERT_TRUE(delivery.artifact.select.digest);
  EXPECT_EQ(delivery.artifact.select.digest->to_string(), digest);
  EXPECT_EQ(delivery.artifact.select.tag, "");
}

TEST(Delivery, ReadsPathsInTheirOneForm) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},       {".", ""}, {"./", ""}, {"a", "a"}, {"a/", "a"}, {"././a/b//", "a/b"},
      {"..a", "..a"},
  };
  for (const auto& [given, expected] : cases) {
    SCOPED_TRACE(given);
    ASSERT_OK_ASSIGN(
        const auto delivery,
        parse_spec("{artifact: {url: 'oci://r.example.com/a'}, path: '" + given + "'}"));
    EXPECT_EQ(delivery.path, expected);
  }
}

TEST(Delivery, TakesEachGoodValue) {
  for (const auto& [field, spec] : good_specs()) EXPECT_OK(parse_spec(spec)) << field << spec;
}

TEST(Delivery, NamesEachMistakeWithItsPath) {
  for (const auto& mistake : bad_specs()) {
    SCOPED_TRACE(mistake.spec);
    const auto parsed = parse_spec(mistake.spec);
    ASSERT_THAT(parsed, fails_with(ErrorCode::kInvalidInput, mistake.parser));
    EXPECT_EQ(parsed.error().message().rfind("d.yaml:1:1: Delivery shop." + mistake.field, 0), 0u)
        << parsed.error().message();
  }
}

// The page that people copy from.
TEST(Delivery, IsReadAsItIsDocumented) {
  std::ifstream stream(std::string(SEALIFT_SOURCE_DIR) + "/docs/formats/delivery.md");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const std::string fence = "```yaml\n";
  int examples = 0;
  for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at + 1)) {
    const auto begin = at + fence.size();
    const auto example = text.substr(begin, text.find("```", begin) - begin);
    EXPECT_OK(parse(example)) << example;
    ++examples;
  }
  EXPECT_EQ(examples, 2);
}

TEST(Delivery, RefusesAWrongFrame) {
  const std::string spec = "spec: {artifact: {url: 'oci://r.example.com/a'}}\n";
  const std::pair<std::string, std::string> cases[] = {
      {"apiVersion: v1\nkind: Delivery\nmetadata: {name: a}\n" + spec,
       "v1 Delivery is no sealift.dev/v1alpha1 Delivery"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Deliveries\nmetadata: {name: a}\n" + spec,
       "is no sealift.dev/v1alpha1 Delivery"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\n" + spec, "metadata is missing"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: A}\n" + spec,
       "metadata.name must be"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: a, namespace: b.c}\n" +
           spec,
       "metadata.namespace"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: a" +
           std::string(128, 'a') + "}\n" + spec,
       "metadata.name: must have at most 128 characters"},
      {delivery_with("{artifact: {url: 'oci://r.example.com/a'}}\nextra: 1\n"), "extra"},
      {"apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: a}\n",
       "spec: is required"},
  };
  for (const auto& [yaml, message] : cases) {
    SCOPED_TRACE(yaml);
    EXPECT_THAT(parse(yaml), fails_with(ErrorCode::kInvalidInput, message));
  }
}

}  // namespace
}  // namespace sealift::delivery
