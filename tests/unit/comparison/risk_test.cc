#include <sealift/comparison/risk.h>

#include "objects.h"

namespace sealift::comparison {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// "high /spec/replicas: sentence"
std::vector<std::string> risks_of(std::string_view before, std::string_view after) {
  std::vector<std::string> lines;
  for (const auto& finding : summarize_risk(compared(before, after)).findings) {
    lines.push_back(std::string(to_string(finding.severity)) + " " + finding.field + ": " +
                    finding.sentence);
  }
  return lines;
}

std::string object(std::string_view version, std::string_view kind, std::string_view rest) {
  return "apiVersion: " + std::string(version) + "\nkind: " + std::string(kind) +
         "\nmetadata: {name: a}\n" + std::string(rest) + "\n";
}

std::string deployment(std::string_view container, std::string_view pod = "",
                       std::string_view spec = "") {
  return object("apps/v1", "Deployment",
                "spec: {" + std::string(spec) + "template: {spec: {" + std::string(pod) +
                    "containers: [{name: web" + std::string(container) + "}]}}}");
}

std::string role(std::string_view rules, std::string_view kind = "ClusterRole") {
  return object("rbac.authorization.k8s.io/v1", kind, "rules: [" + std::string(rules) + "]");
}

std::string binding(std::string_view role_name, std::string_view subjects) {
  return object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding",
                "roleRef: {kind: ClusterRole, name: " + std::string(role_name) + "}\nsubjects: [" +
                    std::string(subjects) + "]");
}

constexpr std::string_view kPath = "/spec/template/spec/containers/[name=web]";

std::string at(std::string_view severity, std::string_view field, std::string_view sentence) {
  return std::string(severity) + " " + std::string(kPath) + std::string(field) + ": " +
         std::string(sentence);
}

TEST(Risk, ImagesFromAndTo) {
  EXPECT_THAT(
      risks_of(deployment(", image: 'r:5000/web:1'"), deployment(", image: 'r:5000/web:2'")),
      ElementsAre(
          at("low", "/image", "the container web runs r:5000/web:2 instead of r:5000/web:1")));
  EXPECT_THAT(risks_of(deployment(", image: 'a/web:1'"), deployment(", image: 'b/web:1'")),
              ElementsAre(AllOf(HasSubstr("medium"), HasSubstr("from another repository"))));
  EXPECT_THAT(risks_of(deployment(", image: 'a@sha256:1'"), deployment(", image: 'a:1'")),
              ElementsAre(AllOf(HasSubstr("medium"), HasSubstr("no longer by digest"))));
  EXPECT_THAT(risks_of(deployment(""), deployment("}, {name: new, image: 'n:1'")),
              ElementsAre(HasSubstr("a new container new runs n:1")));
}

TEST(Risk, Replicas) {
  const auto replicas = [](std::string_view count) {
    return deployment("", "", "replicas: " + std::string(count) + ", ");
  };
  EXPECT_THAT(
      risks_of(replicas("3"), replicas("0")),
      ElementsAre("high /spec/replicas: nothing of it runs any more: replicas go from 3 to 0"));
  EXPECT_THAT(risks_of(replicas("3"), deployment("")),
              ElementsAre("medium /spec/replicas: fewer replicas: from 3 to 1"));
  EXPECT_THAT(risks_of(replicas("3"), replicas("4")),
              ElementsAre("low /spec/replicas: more replicas: from 3 to 4"));
}

struct RoleCase {
  const char* before;
  const char* after;
  const char* expected;  // empty: nothing
};

class RoleRisk : public testing::TestWithParam<RoleCase> {};

TEST_P(RoleRisk, SaysWhatWasGained) {
  const auto risks = risks_of(role(GetParam().before), role(GetParam().after));
  if (std::string_view(GetParam().expected).empty()) {
    EXPECT_THAT(risks, IsEmpty());
  } else {
    EXPECT_THAT(risks, ElementsAre(GetParam().expected));
  }
}

#define RULE(groups, resources, verbs) \
  "{apiGroups: [" groups "], resources: [" resources "], verbs: [" verbs "]}"

INSTANTIATE_TEST_SUITE_P(
    All, RoleRisk,
    testing::Values(
        RoleCase{RULE("''", "pods", "get"), RULE("''", "pods", "get, list"),
                 "medium /rules: whoever has it may now also list pods"},
        RoleCase{RULE("''", "pods", "get"), RULE("''", "'pods', secrets", "get"),
                 "high /rules: whoever has it may now also get secrets"},
        RoleCase{RULE("''", "pods", "get"), RULE("'', apps", "pods", "get"),
                 "medium /rules: whoever has it may now also get pods.apps"},
        RoleCase{RULE("''", "pods", "get"), RULE("''", "pods", "'*'"),
                 "high /rules: whoever has it may now also do everything with pods"},
        RoleCase{RULE("''", "pods", "get"), RULE("'*'", "'*'", "get"),
                 "high /rules: whoever has it may now also get all resources of all API groups"},
        RoleCase{RULE("'*'", "'*'", "'*'"), RULE("apps", "deployments", "delete"), ""},
        RoleCase{RULE("''", "'*/log'", "get"), RULE("''", "pods/log", "get"), ""},
        RoleCase{RULE("''", "pods", "get, list"), RULE("''", "pods", "list, get"), ""},
        RoleCase{RULE("''", "pods, services", "get"),
                 RULE("''", "services", "get") ", " RULE("''", "pods", "get"), ""},
        RoleCase{RULE("''", "pods", "get, delete"), RULE("''", "pods", "get"), ""},
        RoleCase{"{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: [get]}",
                 "{apiGroups: [''], resources: [pods], resourceNames: [a, b], verbs: [get]}",
                 "medium /rules: whoever has it may now also get pods named b"},
        RoleCase{"{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: [get]}",
                 RULE("''", "pods", "get"), "medium /rules: whoever has it may now also get pods"},
        RoleCase{RULE("''", "pods", "get"),
                 "{apiGroups: [''], resources: [pods], resourceNames: [a], verbs: [get]}", ""},
        RoleCase{"{nonResourceURLs: ['/healthz*'], verbs: [get]}",
                 "{nonResourceURLs: ['/healthz/a', /metrics], verbs: [get]}",
                 "medium /rules: whoever has it may now also get /metrics"},
        RoleCase{RULE("''", "pods", "get"), RULE("''", "users", "impersonate"),
                 "high /rules: whoever has it may now also impersonate users"},
        RoleCase{RULE("''", "a", "get"), RULE("''", "b, c, d, e, f, g, h", "get"),
                 "medium /rules: whoever has it may now also get b, get c, get d, get e, get f and "
                 "2 more"}));

TEST(Risk, NewRolesMeanLittleUntilTheyAreBound) {
  EXPECT_THAT(risks_of("", role(RULE("''", "pods", "get"), "Role")),
              ElementsAre("low /rules: a new role; who is bound to it may get pods"));
  EXPECT_THAT(risks_of("", role(RULE("'*'", "'*'", "'*'"))),
              ElementsAre(HasSubstr("medium /rules: a new role")));
}

TEST(Risk, Bindings) {
  const std::string ada = "{kind: User, name: ada}";
  EXPECT_THAT(
      risks_of("", binding("view", ada)),
      ElementsAre("medium /subjects: gives ClusterRole view to User ada in the whole cluster"));
  EXPECT_THAT(risks_of("", binding("cluster-admin", ada)),
              ElementsAre(AllOf(HasSubstr("high"), HasSubstr("cluster-admin may do everything"))));
  EXPECT_THAT(risks_of(binding("view", ada),
                       binding("view", ada + ", {kind: ServiceAccount, namespace: x, name: b}")),
              ElementsAre("medium /subjects: also gives ClusterRole view to ServiceAccount x/b in "
                          "the whole cluster"));
  EXPECT_THAT(risks_of(binding("view", ada),
                       binding("view", ada + ", {kind: Group, name: 'system:unauthenticated'}")),
              ElementsAre(HasSubstr("high")));
  EXPECT_THAT(risks_of(binding("view", ada), binding("cluster-admin", ada)),
              ElementsAre(HasSubstr("high /roleRef")));
  EXPECT_THAT(risks_of(binding("view", ada + ", {kind: User, name: bob}"), binding("view", ada)),
              IsEmpty());
}

TEST(Risk, WhatIsRemovedAndWhatIsLostWithIt) {
  for (const auto& [version, kind] : std::vector<std::pair<const char*, const char*>>{
           {"v1", "PersistentVolumeClaim"},
           {"v1", "Namespace"},
           {"apps/v1", "StatefulSet"},
           {"networking.k8s.io/v1", "NetworkPolicy"}}) {
    EXPECT_THAT(risks_of(object(version, kind, ""), ""),
                ElementsAre(HasSubstr("high : it is removed")))
        << kind;
  }
  EXPECT_THAT(risks_of("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
                       "metadata: {name: as.example.com}\n",
                       ""),
              ElementsAre(HasSubstr("all custom resources of this kind are deleted")));
  EXPECT_THAT(risks_of(object("v1", "ConfigMap", ""), ""), ElementsAre("low : it is removed"));
  EXPECT_THAT(risks_of("", object("v1", "Namespace", "")), IsEmpty());
}

TEST(Risk, Definitions) {
  const auto definition = [](std::string_view versions) {
    return "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
           "metadata: {name: as.example.com}\nspec: {versions: [" +
           std::string(versions) + "]}\n";
  };
  const std::string two = "{name: v1, served: true}, {name: v2, served: true}";
  EXPECT_THAT(risks_of(definition(two), definition("{name: v2, served: true}")),
              ElementsAre(HasSubstr("high /spec/versions/[name=v1]: the version v1 is removed")));
  EXPECT_THAT(
      risks_of(definition(two), definition("{name: v1, served: false}, {name: v2, served: true}")),
      ElementsAre(HasSubstr("high /spec/versions/[name=v1]/served")));
  const auto with_schema = [&](std::string_view schema) {
    return definition("{name: v1, served: true, schema: {openAPIV3Schema: " + std::string(schema) +
                      "}}");
  };
  EXPECT_THAT(risks_of(with_schema("{type: object, description: a}"),
                       with_schema("{type: object, description: b}")),
              IsEmpty());
  EXPECT_THAT(risks_of(with_schema("{properties: {description: {type: string}}}"),
                       with_schema("{properties: {description: {type: integer}}}")),
              ElementsAre(HasSubstr("medium /spec/versions/[name=v1]/schema")));
}

TEST(Risk, PodsWithAHoldOnTheirNode) {
  const auto plain = deployment("");
  EXPECT_THAT(
      risks_of(plain, deployment(", securityContext: {privileged: true}")),
      ElementsAre(HasSubstr(at("high", "/securityContext/privileged", "the container web"))));
  EXPECT_THAT(risks_of("", deployment(", securityContext: {privileged: true}")), SizeIs(1));
  EXPECT_THAT(risks_of(deployment(", securityContext: {privileged: true}"), plain), IsEmpty());
  EXPECT_THAT(risks_of(plain, deployment("", "hostNetwork: true, hostPID: true, ")), SizeIs(2));
  EXPECT_THAT(
      risks_of(plain, deployment("", "volumes: [{name: v, hostPath: {path: /var/run}}], ")),
      ElementsAre("high /spec/template/spec/volumes: its pods can reach /var/run of the node "
                  "(hostPath)"));
  EXPECT_THAT(
      risks_of(plain, deployment(", securityContext: {runAsUser: 0}")),
      ElementsAre(at("high", "/securityContext/runAsUser", "the container web runs as root")));
  EXPECT_THAT(risks_of(plain, deployment("", "securityContext: {runAsUser: 0}, ")), SizeIs(1));
  EXPECT_THAT(risks_of(plain, deployment(", securityContext: {runAsUser: 7}",
                                         "securityContext: {runAsUser: 0}, ")),
              IsEmpty());
  EXPECT_THAT(risks_of(deployment("", "securityContext: {runAsNonRoot: true}, "), plain),
              ElementsAre(HasSubstr("medium")));
  EXPECT_THAT(risks_of(plain, deployment(", securityContext: {capabilities: {add: [SYS_ADMIN]}}")),
              ElementsAre(HasSubstr("high")));
}

TEST(Risk, DoorsToTheOutside) {
  const auto service = [](std::string_view type) {
    return object("v1", "Service", "spec: {type: " + std::string(type) + "}");
  };
  EXPECT_THAT(
      risks_of(service("ClusterIP"), service("LoadBalancer")),
      ElementsAre("medium /spec/type: its type becomes LoadBalancer instead of ClusterIP: it "
                  "can be reached from outside the cluster"));
  EXPECT_THAT(risks_of("", service("NodePort")),
              ElementsAre(HasSubstr("a new Service of type NodePort")));
  EXPECT_THAT(risks_of(service("LoadBalancer"), service("ClusterIP")), IsEmpty());
}

TEST(Risk, Admission) {
  const auto webhooks = [](std::string_view list) {
    return object("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration",
                  "webhooks: [" + std::string(list) + "]");
  };
  EXPECT_THAT(risks_of("", webhooks("{name: a.b.c}")),
              ElementsAre(HasSubstr("medium : it is new")));
  EXPECT_THAT(risks_of(webhooks("{name: a.b.c}"), ""),
              testing::Contains(HasSubstr("high : what it refused")));
  EXPECT_THAT(
      risks_of(webhooks("{name: a.b.c}"), webhooks("{name: a.b.c, failurePolicy: Ignore}")),
      ElementsAre(HasSubstr("high /webhooks/[name=a.b.c]/failurePolicy"), HasSubstr("medium")));
  EXPECT_THAT(risks_of(webhooks("{name: a.b.c}, {name: d.e.f}"), webhooks("{name: d.e.f}")),
              ElementsAre(HasSubstr("no longer judges anything"), HasSubstr("medium")));
}

TEST(Risk, PodSecurityOfANamespace) {
  const auto name_space = [](std::string_view level) {
    return "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: "
           "{pod-security.kubernetes.io/enforce: " +
           std::string(level) + "}}\n";
  };
  EXPECT_THAT(risks_of(name_space("restricted"), name_space("baseline")),
              ElementsAre(HasSubstr("\"baseline\" instead of \"restricted\"")));
  EXPECT_THAT(risks_of(name_space("baseline"), name_space("restricted")), IsEmpty());
}

TEST(Risk, TheMostSevereIsFirstAndTheyAreBounded) {
  std::string before;
  for (std::size_t i = 0; i < kMaxFindings + 3; ++i) {
    before +=
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c" + std::to_string(i) + "}\n";
  }
  before += "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: z}\n";
  const auto summary = summarize_risk(compared(before, ""));
  EXPECT_EQ(summary.findings.size(), kMaxFindings);
  EXPECT_EQ(summary.omitted, 4u);
  EXPECT_EQ(summary.findings.front().object, "Namespace z");
}

}  // namespace
}  // namespace sealift::comparison
