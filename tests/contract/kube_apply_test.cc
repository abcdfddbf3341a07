#include <sealift/kube/apply.h>

#include <gtest/gtest.h>

#include <string>

#include "contract/kube_fixture.h"
#include "list.h"

namespace sealift::kube {
namespace {

using test::fails_with;

constexpr std::string_view kConfigMap = R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, labels: {team: shop}}
data: {color: blue, size: large}
)";

constexpr std::string_view kDeployment = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {team: shop}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "registry.test/web:1"}]}
)";

class KubeApply : public KubeContract {};

TEST_F(KubeApply, CreatesThenUpdatesAndWritesNothingForTheSame) {
  ASSERT_OK_ASSIGN(const auto created, apply(kConfigMap));
  EXPECT_EQ(created.string_at({"data", "color"}), "blue");
  ASSERT_OK_ASSIGN(const auto same, apply(kConfigMap));
  EXPECT_EQ(same.string_at({"metadata", "resourceVersion"}),
            created.string_at({"metadata", "resourceVersion"}));
  ASSERT_OK_ASSIGN(const auto changed, apply(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {color: red}
)"));
  EXPECT_EQ(changed.string_at({"data", "color"}), "red");
  EXPECT_EQ(changed.find_path({"data", "size"}), nullptr) << "what we no longer set goes";
  EXPECT_EQ(changed.find_path({"metadata", "labels"}), nullptr);
  EXPECT_EQ(changed.string_at({"metadata", "uid"}), created.string_at({"metadata", "uid"}));
}

TEST_F(KubeApply, ADryRunStoresNothing) {
  ASSERT_OK(apply(kConfigMap, {.dry_run = true}));
  EXPECT_THAT(client_.get(config_maps_.path(name_space_, "settings"), {}, {}),
              fails_with(ErrorCode::kNotFound, "\"settings\" not found"));
}

TEST_F(KubeApply, AConflictNamesManagerAndFieldsAndForceTakesThem) {
  cluster_.kubectl_apply(
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: " + name_space_ +
          "}, data: {color: green}}",
      "somebody-else");
  EXPECT_THAT(apply(kConfigMap, {.force = false}),
              fails_with(ErrorCode::kConflict, ".data.color is owned by \"somebody-else\""));
  ASSERT_OK_ASSIGN(const auto taken, apply(kConfigMap));
  EXPECT_EQ(taken.string_at({"data", "color"}), "blue");
}

TEST_F(KubeApply, AnUnknownFieldIsInvalidInputAndNotAnOutage) {
  EXPECT_THAT(apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, dota: {}}"),
              fails_with(ErrorCode::kInvalidInput, ".dota: field not declared in schema"));
}

TEST_F(KubeApply, ARefusedSecretKeepsItsValuesToItself) {
  const auto refused =
      apply("{apiVersion: v1, kind: Secret, metadata: {name: pin}, stringData: {pin: 48151623}}");
  EXPECT_THAT(refused, fails_with(ErrorCode::kInvalidInput, "stringData.pin"));
  EXPECT_THAT(refused.error().message(), testing::HasSubstr("(hidden)"));
  EXPECT_THAT(refused.error().message(), testing::Not(testing::HasSubstr("48151623")));
}

TEST_F(KubeApply, AMissingFieldIsNamed) {
  EXPECT_THAT(apply("{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {}}"),
              fails_with(ErrorCode::kInvalidInput,
                         "refused it as invalid: spec.selector: Required value; "));
}

TEST_F(KubeApply, AMissingNamespaceIsNotFound) {
  const auto object = object_in("no-such-namespace", kConfigMap);
  EXPECT_THAT(apply_object(client_, config_maps_, object, {}, {}),
              fails_with(ErrorCode::kNotFound, "namespaces \"no-such-namespace\" not found"));
}

TEST_F(KubeApply, ADenialByPolicyNamesPolicyAndMessageInADryRunAsWell) {
  cluster_.kubectl_apply(R"(
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: few-replicas}
spec:
  failurePolicy: Fail
  matchConstraints:
    resourceRules:
    - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  validations:
  - {expression: "object.spec.replicas <= 5", message: "at most five replicas"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: few-replicas-everywhere}
spec: {policyName: few-replicas, validationActions: [Deny]}
)");
  auto many = std::string(kDeployment);
  many.replace(many.find("replicas: 1"), 11, "replicas: 9");
  const auto denial = fails_with(ErrorCode::kInvalidInput,
                                 "the ValidatingAdmissionPolicy \"few-replicas\" (binding "
                                 "\"few-replicas-everywhere\") denied it: at most five replicas");
  // A policy is in force when the server's informer has seen it.
  ASSERT_TRUE(eventually([&] { return !apply(many, {.dry_run = true}).has_value(); }));
  EXPECT_THAT(apply(many, {.dry_run = true}), denial);
  EXPECT_THAT(apply(many), denial);
  EXPECT_OK(apply(kDeployment));
}

TEST_F(KubeApply, ADefinitionAddedMeanwhileIsDiscovered) {
  const objects::GroupVersionKind duck{"contract.test", "v1", "Duck"};
  EXPECT_THAT(resources_.find(duck, {}), fails_with(ErrorCode::kNotFound));
  cluster_.kubectl_apply(R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ducks.contract.test}
spec:
  group: contract.test
  scope: Namespaced
  names: {plural: ducks, singular: duck, kind: Duck}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {name: {type: string}}}}}}
)");
  ASSERT_TRUE(eventually([&] { return resources_.find(duck, {}).has_value(); }));
  ASSERT_OK_ASSIGN(const auto ducks, resources_.find_preferred("contract.test", "Duck", {}));
  EXPECT_EQ(ducks.path("a", "b"), "/apis/contract.test/v1/namespaces/a/ducks/b");
  const auto instance =
      "{apiVersion: contract.test/v1, kind: Duck, metadata: {name: donald}, spec: {name: D}}";
  EXPECT_OK(apply(instance));
  EXPECT_THAT(
      apply("{apiVersion: contract.test/v1, kind: Duck, metadata: {name: x}, spec: {nome: D}}"),
      fails_with(ErrorCode::kInvalidInput, "nome"));
}

TEST_F(KubeApply, DeletesTheObjectWithTheUidAlone) {
  ASSERT_OK_ASSIGN(const auto created, apply(kConfigMap));
  EXPECT_THAT(delete_object(client_, config_maps_, name_space_, "settings", {"another-uid"}, {}),
              fails_with(ErrorCode::kConflict, "UID in the precondition"));
  EXPECT_OK(client_.get(config_maps_.path(name_space_, "settings"), {}, {}));
  const std::string uid(created.string_at({"metadata", "uid"}));
  EXPECT_OK(delete_object(client_, config_maps_, name_space_, "settings", {uid}, {}));
  EXPECT_THAT(client_.get(config_maps_.path(name_space_, "settings"), {}, {}),
              fails_with(ErrorCode::kNotFound));
  EXPECT_OK(delete_object(client_, config_maps_, name_space_, "settings", {uid}, {}))
      << "gone is gone";
}

// Somebody may have said meanwhile that it is to stay, or that it is another's.
TEST_F(KubeApply, RemovesTheObjectAtTheVersionThatWasJudgedAlone) {
  ASSERT_OK_ASSIGN(const auto created, apply(kConfigMap));
  const std::string uid(created.string_at({"metadata", "uid"}));
  const std::string judged(created.string_at({"metadata", "resourceVersion"}));
  kubectl({"annotate", "configmap", "settings", "sealift.dev/keep=true"});
  EXPECT_THAT(delete_object(client_, config_maps_, name_space_, "settings", {uid, judged}, {}),
              fails_with(ErrorCode::kConflict, judged));
  EXPECT_THAT(disown_object(client_, config_maps_, name_space_, "settings", {uid, judged}, {}),
              fails_with(ErrorCode::kConflict));
  ASSERT_OK_ASSIGN(const auto now,
                   read_metadata(client_, config_maps_, name_space_, "settings", {}));
  EXPECT_TRUE(is_kept(now));
  EXPECT_EQ(now.find("data"), nullptr);
  const std::string version(now.string_at({"metadata", "resourceVersion"}));
  EXPECT_OK(delete_object(client_, config_maps_, name_space_, "settings", {uid, version}, {}));
  EXPECT_THAT(read_metadata(client_, config_maps_, name_space_, "settings", {}),
              fails_with(ErrorCode::kNotFound));
}

// What the puller takes for drift, and what not.
class KubeDrift : public KubeContract {
 protected:
  void SetUp() override {
    const auto applied = apply(kDeployment);
    ASSERT_THAT(applied, test::is_ok());
    before_ = observe(*applied)->own_fields_hash;
    ASSERT_EQ(before_.size(), 64u);
  }
  std::string now() {
    const auto live = client_.get(deployments_.path(name_space_, "web"), {}, {});
    EXPECT_THAT(live, test::is_ok());
    return observe(*live)->own_fields_hash;
  }
  std::string before_;
};

TEST_F(KubeDrift, ScaledByAnother) {
  kubectl({"scale", "deployment", "web", "--replicas", "3"});
  EXPECT_NE(now(), before_);
  EXPECT_NE(now(), "");
}

TEST_F(KubeDrift, AnotherImage) {
  kubectl({"set", "image", "deployment", "web", "web=registry.test/web:2"});
  EXPECT_NE(now(), before_);
}

TEST_F(KubeDrift, OurLabelRemoved) {
  kubectl({"label", "deployment", "web", "team-"});
  EXPECT_NE(now(), before_);
}

TEST_F(KubeDrift, ManagedFieldsEmptied) {
  kubectl({"patch", "deployment", "web", "--type", "merge", "--patch",
           R"({"metadata":{"managedFields":[{}]}})"});
  EXPECT_EQ(now(), "");
}

TEST_F(KubeDrift, NotAFieldOfSomebodyElse) {
  kubectl({"annotate", "deployment", "web", "example.com/note=hello"});
  kubectl({"label", "deployment", "web", "example.com/zone=a"});
  EXPECT_EQ(now(), before_);
}

TEST_F(KubeDrift, NotAReplaceWithEqualValues) {
  // What was read is refused when the Deployment's controller wrote its status since.
  test::ProcessResult done;
  ASSERT_TRUE(eventually([&] {
    done = cluster_.kubectl({"--namespace", name_space_, "replace", "--filename", "-"},
                            kubectl({"get", "deployment", "web", "--output", "yaml"}));
    return done.exit_code == 0 || done.err.find("(Conflict)") == std::string::npos;
  }));
  ASSERT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(now(), before_);
}

TEST_F(KubeDrift, NotAStatusWrite) {
  kubectl({"patch", "deployment", "web", "--subresource", "status", "--type", "merge", "--patch",
           R"({"status":{"conditions":[{"type":"Tested","status":"True"}]}})"});
  EXPECT_EQ(now(), before_);
}

TEST_F(KubeDrift, OurOwnApplyHealsIt) {
  kubectl({"scale", "deployment", "web", "--replicas", "3"});
  ASSERT_OK(apply(kDeployment));
  EXPECT_EQ(now(), before_);
}

TEST_F(KubeContract, MembersAreListedInPagesWithMetadataAlone) {
  constexpr int kMembers = 501;  // one more than a page
  std::string yaml;
  for (int i = 0; i < kMembers; ++i) {
    yaml += "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: member-" + std::to_string(i) +
            ", labels: {applyset.kubernetes.io/part-of: " + name_space_ + "}}\n";
  }
  kubectl({"create", "--filename", "-"}, yaml);
  ASSERT_OK(
      apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: ours, labels: "
            "{applyset.kubernetes.io/part-of: " +
            name_space_ + "}, annotations: {sealift.dev/keep: \"true\"}}}"));
  int members = 0;
  ListCallbacks callbacks;
  callbacks.on_item = [&](const Json& item) -> Result<> {
    ++members;
    SEALIFT_ASSIGN(const auto member, observe_member(config_maps_, item));
    EXPECT_EQ(member.id.kind, "ConfigMap");
    EXPECT_EQ(member.id.name_space, name_space_);
    EXPECT_FALSE(member.uid.empty());
    EXPECT_EQ(member.keep, member.id.name == "ours");
    EXPECT_EQ(member.own_fields_hash.empty(), member.id.name != "ours");
    return {};
  };
  callbacks.on_restart = [] { return Result<>(); };
  const ListOptions options{"", std::string(kPartOfLabel) + "=" + name_space_, true};
  ASSERT_OK(list_in_pages(client_, config_maps_, options, callbacks, {}));
  EXPECT_EQ(members, kMembers + 1);
}

}  // namespace
}  // namespace sealift::kube
