#include "flux_sample.h"

#include <sealift/delivery/delivery.h>
#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>

namespace sealift::console {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = ConversionRemark::Kind;

// The spec of the only Delivery, as JSON with sorted members.
std::string spec_of(const FluxConversion& conversion) {
  for (const auto& document : conversion.documents) {
    if (document.document.string_at({"kind"}) != "Delivery") continue;
    EXPECT_OK(delivery::parse_delivery(document.document, "the result"));
    return dump_json_sorted(*document.document.find("spec"));
  }
  return "no Delivery";
}

struct SpecCase {
  const char* what;
  std::string repository;
  std::string kustomization;
  std::string spec;
  std::vector<std::string> lost;
};

const std::string kUrl = R"("url":"oci://ghcr.io/stefanprodan/manifests/podinfo")";

std::vector<SpecCase> cases() {
  const std::string artifact = R"({"artifact":{)" + kUrl + "}";
  return {
      {"the least",
       "  interval: 5m\n",
       "  interval: 10m\n  prune: true\n",
       artifact + R"(,"interval":"5m","prune":true,"wait":false})",
       {}},
      {"the usual",
       "  interval: 5m\n  ref: {tag: latest}\n  timeout: 30s\n",
       "  interval: 10m\n  retryInterval: 2m\n  timeout: 3m\n  path: ./deploy\n  prune: true\n"
       "  wait: true\n  targetNamespace: web\n  serviceAccountName: deployer\n  force: false\n",
       R"({"artifact":{"tag":"latest",)" + kUrl +
           R"(},"interval":"5m","path":"deploy","prune":true,"retryInterval":"2m",)"
           R"("serviceAccountName":"deployer","targetNamespace":"web","timeout":"3m","wait":true})",
       {}},
      {"digest beats semver beats tag",
       "  ref: {tag: a, semver: '>=1.0.0', digest: 'sha256:" + std::string(64, 'a') + "'}\n",
       "  prune: false\n",
       R"({"artifact":{"digest":"sha256:)" + std::string(64, 'a') + "\"," + kUrl +
           R"(},"deletionPolicy":"orphan","prune":false,"wait":false})",
       {}},
      {"a range with a filter",
       "  ref: {semver: '>= 1.0.0 < 2.0.0', semverFilter: '.*-rc.*'}\n",
       "  prune: true\n",
       R"({"artifact":{"semver":">= 1.0.0 < 2.0.0",)" + kUrl + R"(},"prune":true,"wait":false})",
       {"spec.ref.semverFilter"}},
      {"secrets and plain http",
       "  insecure: true\n  secretRef: {name: pull}\n  certSecretRef: {name: ca}\n"
       "  proxySecretRef: {name: proxy}\n",
       "  prune: true\n",
       R"({"artifact":{"certSecretRef":{"name":"ca"},"insecure":true,)"
       R"("proxySecretRef":{"name":"proxy"},"secretRef":{"name":"pull"},)" +
           kUrl + R"(},"prune":true,"wait":false})",
       {}},
      {"clouds, accounts, ignored files",
       "  provider: aws\n  serviceAccountName: puller\n  ignore: |\n    *.md\n",
       "  prune: true\n",
       R"({"artifact":{"provider":"aws",)" + kUrl + R"(},"prune":true,"wait":false})",
       {"spec.serviceAccountName", "spec.ignore"}},
      {"a cloud beside a Secret",
       "  provider: azure\n  secretRef: {name: pull}\n",
       "  prune: true\n",
       R"({"artifact":{"secretRef":{"name":"pull"},)" + kUrl + R"(},"prune":true,"wait":false})",
       {"spec.provider"}},
      {"the layers that we read too",
       "  provider: generic\n  layerSelector: {operation: extract, mediaType: "
       "application/vnd.cncf.flux.content.v1.tar+gzip}\n",
       "  prune: true\n",
       artifact + R"(,"prune":true,"wait":false})",
       {}},
      {"another layer",
       "  layerSelector: {mediaType: application/vnd.cncf.helm.chart.content.v1.tar+gzip, "
       "operation: copy}\n",
       "  prune: true\n",
       artifact + R"(,"prune":true,"wait":false})",
       {"spec.layerSelector.mediaType", "spec.layerSelector.operation"}},
      {"suspended at its source",
       "  suspend: true\n",
       "  prune: true\n",
       artifact + R"(,"prune":true,"suspend":true,"wait":false})",
       {}},
      {"a remote cluster",
       "",
       "  prune: true\n  kubeConfig: {secretRef: {name: edge, key: kc}}\n",
       artifact + R"(,"kubeConfig":{"secretRef":{"key":"kc","name":"edge"}},"prune":true,)"
                  R"("wait":false})",
       {}},
      {"what stays when it is deleted",
       "",
       "  prune: true\n  deletionPolicy: Orphan\n",
       artifact + R"(,"deletionPolicy":"orphan","prune":true,"wait":false})",
       {}},
      {"what goes although it was never pruned",
       "",
       "  prune: false\n  deletionPolicy: Delete\n",
       artifact + R"(,"prune":false,"wait":false})",
       {}},
      {"variables",
       "",
       "  prune: true\n  postBuild:\n    substitute: {region: eu, replicas: \"3\"}\n"
       "    substituteFrom:\n      - {kind: ConfigMap, name: vars}\n"
       "      - {kind: Secret, name: more, optional: true}\n",
       artifact + R"(,"prune":true,"substitute":{"region":"eu","replicas":"3"},"substituteFrom":[)"
                  R"({"kind":"ConfigMap","name":"vars"},)"
                  R"({"kind":"Secret","name":"more","optional":true}],"wait":false})",
       {}},
      {"variables that are none",
       "",
       "  prune: true\n  postBuild: {substituteStrategy: Always}\n",
       artifact + R"(,"prune":true,"wait":false})",
       {"spec.postBuild.substituteStrategy"}},
      {"dependencies",
       "",
       "  prune: true\n  dependsOn:\n    - name: database\n    - {name: ingress, namespace: "
       "infra}\n"
       "    - {name: same, namespace: apps, readyExpr: 'true'}\n",
       artifact + R"(,"dependsOn":[{"name":"database"},{"name":"ingress","namespace":"infra"},)"
                  R"({"name":"same"}],"prune":true,"wait":false})",
       {"spec.dependsOn.readyExpr"}},
      {"metadata for everything",
       "",
       "  prune: true\n  commonMetadata: {labels: {team: shop}, annotations: {owner: a}}\n",
       artifact + R"(,"commonMetadata":{"annotations":{"owner":"a"},"labels":{"team":"shop"}},)"
                  R"("prune":true,"wait":false})",
       {}},
      {"checks of some objects become a wait for all",
       "",
       "  prune: true\n  healthChecks:\n    - {apiVersion: apps/v1, kind: Deployment, name: web, "
       "namespace: apps}\n",
       artifact + R"(,"prune":true,"wait":true})",
       {}},
      {"ignored drift",
       "",
       "  prune: true\n  ignore:\n    - paths: [/spec/replicas]\n      target: {group: apps, "
       "version: v1, kind: Deployment, name: 'web-.*', labelSelector: a=b}\n",
       artifact + R"(,"driftRules":[{"group":"apps","kind":"Deployment","name":"web-*",)"
                  R"("paths":["/spec/replicas"]}],"prune":true,"wait":false})",
       {"spec.ignore.target.labelSelector"}},
      {"what is rendered at the push",
       "",
       "  prune: true\n  patches: [{patch: x}]\n  images: [{name: a, newTag: b}]\n"
       "  components: [../c]\n  namePrefix: a-\n  nameSuffix: -b\n"
       "  decryption: {provider: sops}\n",
       artifact + R"(,"prune":true,"wait":false})",
       {"spec.patches", "spec.images", "spec.components", "spec.namePrefix", "spec.nameSuffix",
        "spec.decryption"}},
      {"fields of tomorrow",
       "  newField: 1\n",
       "  prune: true\n  anotherField: x\n  emptyOne: []\n",
       artifact + R"(,"prune":true,"wait":false})",
       {"spec.anotherField", "spec.newField"}},
  };
}

TEST(ConvertFlux, EachFieldBecomesItsEqualOrIsSaidToBeLost) {
  for (const auto& test : cases()) {
    const auto conversion = convert(source(test.repository) + kustomization(test.kustomization));
    EXPECT_EQ(spec_of(conversion), test.spec) << test.what;
    EXPECT_EQ(losses(conversion), test.lost) << test.what;
  }
}

struct RefusalCase {
  const char* what;
  std::string input;
  const char* field;
  const char* message;
};

TEST(ConvertFlux, WhatCannotBeDeliveredIsRefusedWithTheWayOut) {
  const auto with_source = [](const std::string& reference) {
    return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
           "metadata: {name: web, namespace: apps}\nspec: {prune: true, sourceRef: " +
           reference + "}\n";
  };
  const std::vector<RefusalCase> refusals = {
      {"Git", with_source("{kind: GitRepository, name: web}"), "spec.sourceRef", "sealift push"},
      {"no source at all", with_source("null"), "spec.sourceRef", "a nothing"},
      {"a missing source", with_source("{kind: OCIRepository, name: other}"), "spec.sourceRef",
       "apps/other is not in the input"},
      {"a source elsewhere", with_source("{kind: OCIRepository, name: web, namespace: b}"),
       "spec.sourceRef", "b/web"},
      {"a cloud's cluster", source("") + kustomization("  kubeConfig: {configMapRef: {name: a}}\n"),
       "spec.kubeConfig", "Secret"},
      {"a range that is none",
       source("  ref: {semver: 'one'}\n") + kustomization("  prune: true\n"), "spec", "semver"},
      {"a path out of the artifact", source("") + kustomization("  path: ../../etc\n"), "spec",
       "path"},
  };
  for (const auto& test : refusals) {
    const auto conversion = convert(test.input);
    EXPECT_THAT(conversion.documents, IsEmpty()) << test.what;
    bool found = false;
    for (const auto& remark : conversion.remarks()) {
      if (remark.kind != Kind::kRefused) continue;
      found = true;
      EXPECT_EQ(remark.field, test.field) << test.what;
      EXPECT_THAT(remark.message, HasSubstr(test.message)) << test.what;
      EXPECT_EQ(remark.document, "Kustomization apps/web") << test.what;
    }
    EXPECT_TRUE(found) << test.what;
  }
}

TEST(ConvertFlux, OtherKindsOfFluxHaveNoEqualAndOthersAreNotItsBusiness) {
  const auto conversion = convert(
      "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: a}\n---\n"
      "apiVersion: notification.toolkit.fluxcd.io/v1beta3\nkind: Alert\nmetadata: {name: b}\n---\n"
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: c}\n");
  ASSERT_EQ(conversion.other.size(), 2u);
  EXPECT_THAT(conversion.other[0].message, HasSubstr("charts"));
  EXPECT_EQ(conversion.other[1].document, "Alert b");
}

TEST(ConvertFlux, KeepsLabelsAndLeavesFluxsOwnMetadata) {
  const auto conversion =
      convert(source("") +
              "---\napiVersion: kustomize.toolkit.fluxcd.io/v1beta2\nkind: Kustomization\n"
              "metadata:\n  name: web\n  namespace: apps\n  labels: {team: shop, "
              "kustomize.toolkit.fluxcd.io/name: x}\n  annotations: "
              "{reconcile.fluxcd.io/requestedAt: now}\nspec: {prune: true, sourceRef: {kind: "
              "OCIRepository, name: web}}\n");
  ASSERT_EQ(conversion.documents.size(), 1u);
  EXPECT_EQ(dump_json_sorted(*conversion.documents[0].document.find("metadata")),
            R"({"labels":{"team":"shop"},"name":"web","namespace":"apps"})");
}

TEST(ConvertFlux, ADependencyElsewhereHasToAllowIt) {
  const auto conversion = convert(
      source("") + kustomization("  prune: true\n  dependsOn: [{name: db, namespace: infra}]\n"));
  const auto notes = conversion.remarks();
  EXPECT_THAT(
      notes, testing::Contains(testing::Field(
                 &ConversionRemark::message, HasSubstr("sealift.dev/allow-dependents: \"apps\""))));
}

struct ExpressionCase {
  const char* expression;
  const char* tests;  // empty: lost
};

TEST(ConvertHealth, TakesTheComparisonsThatArePlain) {
  const std::vector<ExpressionCase> table = {
      {"status.phase == 'Ready'", R"([{"path":"/status/phase","equals":"Ready"}])"},
      {"has(status.phase) && status.phase == \\\"Ready\\\"",
       R"([{"path":"/status/phase","equals":"Ready"}])"},
      {"status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')",
       R"([{"path":"/status/conditions/[type=Ready]/status","equals":"True"}])"},
      {"status.conditions.exists(c, c.type == 'Synced' && c.status == 'True') && "
       "status.a.b == 'c'",
       R"([{"path":"/status/conditions/[type=Synced]/status","equals":"True"},)"
       R"({"path":"/status/a/b","equals":"c"}])"},
      {"status.replicas > 1", ""},
      {"status.phase == 'A' || status.phase == 'B'", ""},
      {"status.conditions.exists(c, c.type == 'A' || c.status == 'True')", ""},
      {"true", ""},
  };
  for (const auto& [expression, tests] : table) {
    const auto conversion =
        convert(source("") +
                kustomization("  prune: true\n  wait: true\n  healthCheckExprs:\n    - apiVersion: "
                              "db.example.com/v1\n      kind: Database\n      current: \"" +
                              std::string(expression) + "\"\n"));
    ASSERT_EQ(conversion.documents.size(), 1u) << expression;
    const auto* checks = conversion.documents[0].document.find_path({"spec", "healthChecks"});
    if (std::string_view(tests).empty()) {
      EXPECT_EQ(checks, nullptr) << expression;
      EXPECT_THAT(losses(conversion), ElementsAre("spec.healthCheckExprs.current")) << expression;
      continue;
    }
    ASSERT_NE(checks, nullptr) << expression;
    EXPECT_EQ(dump_json(*checks->as_array()->front().find("current")), tests) << expression;
    EXPECT_EQ(checks->as_array()->front().string_at({"group"}), "db.example.com");
  }
}

TEST(ConversionYaml, HasTheRemarksAboveEachDocument) {
  const auto yaml = conversion_yaml(convert(source("  provider: oracle\n") +
                                            kustomization("  prune: true\n  patches: [{a: b}]\n")));
  EXPECT_THAT(yaml, HasSubstr("---\n# From Kustomization apps/web\n"));
  EXPECT_THAT(yaml, HasSubstr("# lost: spec.patches: "));
  EXPECT_THAT(yaml, HasSubstr("# lost: spec.provider: "));
  ASSERT_OK_ASSIGN(const auto documents, objects::parse_yaml(yaml, "the result"));
  EXPECT_EQ(documents.size(), 1u);
}

TEST(ConversionYaml, NothingOfTheInputEndsAComment) {
  const auto yaml = conversion_yaml(convert(
      source("") + kustomization("  prune: true\n  \"x\\nkind: Evil\": 1\n  dependsOn: [{name: a, "
                                 "namespace: \"b\\nkind: Evil\"}]\n")));
  EXPECT_EQ(yaml.find("\nkind: Evil"), std::string::npos) << yaml;
}

}  // namespace
}  // namespace sealift::console
