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
using sealift::test::object_of;
using test::desired_of;

// The artifact: a ServiceAccount, a Service and a Deployment of the namespace "old".
const std::vector<std::string> kDelivered = {
    object_of("v1", "ServiceAccount", "robot", ", namespace: old"),
    object_of("v1", "Service", "hook", ", namespace: old"),
    object_of("apps/v1", "Deployment", "web", ", namespace: old")};

// The object beside them, as it is sent into the namespace "new".
Json moved(const std::string& text, const std::string& target = "new") {
  auto delivery = make_delivery();
  delivery.target_namespace = target;
  auto texts = kDelivered;
  texts.push_back(text);
  const auto desired = desired_of(texts, delivery);
  EXPECT_OK(desired);
  for (const auto& wanted : desired->objects) {
    if (wanted.object.source() == "f3.yaml:1:1") return wanted.object.json();
  }
  ADD_FAILURE() << "the object is not wanted";
  return {};
}

struct SubjectCase {
  const char* subject;
  const char* name_space;  // in the end; "" for none
};

class Subjects : public testing::TestWithParam<SubjectCase> {};

TEST_P(Subjects, FollowTheirServiceAccount) {
  const auto& [subject, name_space] = GetParam();
  const std::string rest = "subjects: [" + std::string(subject) + "]\n";
  const auto in_namespace = moved(
      object_of("rbac.authorization.k8s.io/v1", "RoleBinding", "b", ", namespace: old") + rest);
  EXPECT_EQ(in_namespace.find("subjects")->as_array()->at(0).string_at({"namespace"}), name_space);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Subjects,
    testing::Values(SubjectCase{"{kind: ServiceAccount, name: robot, namespace: old}", "new"},
                    SubjectCase{"{kind: ServiceAccount, name: robot}", "new"},
                    SubjectCase{"{kind: ServiceAccount, name: default, namespace: old}", "new"},
                    SubjectCase{"{kind: ServiceAccount, name: default}", "new"},
                    SubjectCase{"{kind: ServiceAccount, name: default, namespace: monitoring}",
                                "monitoring"},
                    SubjectCase{"{kind: ServiceAccount, name: robot, namespace: other}", "other"},
                    SubjectCase{"{kind: ServiceAccount, name: foreign, namespace: old}", "old"},
                    SubjectCase{"{kind: User, name: robot}", ""},
                    SubjectCase{"{kind: Group, name: default}", ""}, SubjectCase{"text", ""}));

TEST(References, OfClusterRoleBindingsFollow) {
  const auto binding = moved(object_of("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "b") +
                             "subjects: [{kind: ServiceAccount, name: robot, namespace: old}, "
                             "{kind: ServiceAccount, name: robot, namespace: kube-system}]\n");
  EXPECT_EQ(dump_json(*binding.find("subjects")),
            R"([{"kind":"ServiceAccount","name":"robot","namespace":"new"},)"
            R"({"kind":"ServiceAccount","name":"robot","namespace":"kube-system"}])");
}

TEST(References, OfWebhooksFollow) {
  const auto webhooks =
      moved(object_of("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "w") +
            "webhooks:\n"
            "- {name: a, clientConfig: {service: {name: hook, namespace: old}}}\n"
            "- {name: b, clientConfig: {service: {name: foreign, namespace: old}}}\n"
            "- {name: c, clientConfig: {url: x}}\n"
            "- text\n");
  EXPECT_EQ(dump_json(*webhooks.find("webhooks")),
            R"([{"name":"a","clientConfig":{"service":{"name":"hook","namespace":"new"}}},)"
            R"({"name":"b","clientConfig":{"service":{"name":"foreign","namespace":"old"}}},)"
            R"({"name":"c","clientConfig":{"url":"x"}},"text"])");
  EXPECT_EQ(
      moved(object_of("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "w") +
            "webhooks: [{clientConfig: {service: {name: hook, namespace: old}}}]\n")
          .find("webhooks")
          ->as_array()
          ->at(0)
          .string_at({"clientConfig", "service", "namespace"}),
      "new");
}

TEST(References, OfApiServicesAndConversionsFollow) {
  EXPECT_EQ(moved(object_of("apiregistration.k8s.io/v1", "APIService", "v1.example.com") +
                  "spec: {service: {name: hook, namespace: old}}\n")
                .string_at({"spec", "service", "namespace"}),
            "new");
  EXPECT_EQ(
      moved(object_of("apiextensions.k8s.io/v1", "CustomResourceDefinition", "ws.example.com") +
            "spec: {conversion: {webhook: {clientConfig: {service: {name: hook, namespace: "
            "old}}}}}\n")
          .string_at({"spec", "conversion", "webhook", "clientConfig", "service", "namespace"}),
      "new");
}

TEST(References, StayWhereNothingMoves) {
  EXPECT_EQ(moved(object_of("apiregistration.k8s.io/v1", "APIService", "v1.example.com") +
                      "spec: {service: {name: hook, namespace: old}}\n",
                  "")
                .string_at({"spec", "service", "namespace"}),
            "old");
}

TEST(References, FindAnAccountThatNamedNoNamespace) {
  const auto desired = desired_of({object_of("v1", "ServiceAccount", "robot"),
                                   object_of("rbac.authorization.k8s.io/v1", "RoleBinding", "b") +
                                       "subjects: [{kind: ServiceAccount, name: robot}]\n"});
  ASSERT_OK(desired);
  EXPECT_EQ(dump_json(*desired->objects.at(1).object.json().find("subjects")),
            R"([{"kind":"ServiceAccount","name":"robot","namespace":"shop"}])");
}

}  // namespace
}  // namespace sealift::target
