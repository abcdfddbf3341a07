#include <sealift/checks/rule.h>

#include "check_sample.h"

namespace sealift::checks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Case {
  const char* api_version;
  const char* kind;
  std::uint32_t minor;
  const char* rule;  // empty: nothing is found
  const char* message;
  const char* advice;
};

void PrintTo(const Case& sample, std::ostream* out) {
  *out << sample.api_version << " " << sample.kind << " at 1." << sample.minor;
}

class ApiVersionRule : public testing::TestWithParam<Case> {};

TEST_P(ApiVersionRule, KnowsTheLifetime) {
  const auto& sample = GetParam();
  CheckOptions options;
  options.kube_version = {1, sample.minor};
  const auto findings =
      check_text(std::string("kind: ") + sample.kind + "\napiVersion: " + sample.api_version +
                     "\nmetadata: {name: a}\n",
                 options);
  if (*sample.rule == '\0') {
    EXPECT_THAT(findings, IsEmpty());
    return;
  }
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].rule, sample.rule);
  EXPECT_EQ(findings[0].message, sample.message);
  EXPECT_EQ(findings[0].advice, sample.advice);
  EXPECT_EQ(findings[0].field, "/apiVersion");
  EXPECT_EQ(findings[0].position.line, 2u);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ApiVersionRule,
    testing::ValuesIn(std::vector<Case>{
        {"extensions/v1beta1", "Ingress", 13, "", "", ""},
        {"extensions/v1beta1", "Ingress", 14, "deprecated-api",
         "extensions/v1beta1 Ingress is deprecated since Kubernetes 1.14 and will not be served by "
         "1.22",
         "use networking.k8s.io/v1"},
        {"extensions/v1beta1", "Ingress", 21, "deprecated-api",
         "extensions/v1beta1 Ingress is deprecated since Kubernetes 1.14 and will not be served by "
         "1.22",
         "use networking.k8s.io/v1"},
        {"extensions/v1beta1", "Ingress", 22, "removed-api",
         "extensions/v1beta1 Ingress is not served any more since Kubernetes 1.22",
         "use networking.k8s.io/v1"},
        {"extensions/v1beta1", "Deployment", 16, "removed-api",
         "extensions/v1beta1 Deployment is not served any more since Kubernetes 1.16",
         "use apps/v1"},
        {"apps/v1beta1", "StatefulSet", 34, "removed-api",
         "apps/v1beta1 StatefulSet is not served any more since Kubernetes 1.16", "use apps/v1"},
        {"apps/v1beta2", "ReplicaSet", 15, "deprecated-api",
         "apps/v1beta2 ReplicaSet is deprecated since Kubernetes 1.9 and will not be served by "
         "1.16",
         "use apps/v1"},
        {"policy/v1beta1", "PodDisruptionBudget", 25, "removed-api",
         "policy/v1beta1 PodDisruptionBudget is not served any more since Kubernetes 1.25",
         "use policy/v1"},
        {"policy/v1beta1", "PodSecurityPolicy", 25, "removed-api",
         "policy/v1beta1 PodSecurityPolicy is not served any more since Kubernetes 1.25",
         "use the Pod Security admission of a namespace's labels"},
        {"batch/v1beta1", "CronJob", 24, "deprecated-api",
         "batch/v1beta1 CronJob is deprecated since Kubernetes 1.21 and will not be served by 1.25",
         "use batch/v1"},
        {"batch/v1beta1", "CronJob", 25, "removed-api",
         "batch/v1beta1 CronJob is not served any more since Kubernetes 1.25", "use batch/v1"},
        {"autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "removed-api",
         "autoscaling/v2beta2 HorizontalPodAutoscaler is not served any more since Kubernetes 1.26",
         "use autoscaling/v2"},
        {"autoscaling/v2", "HorizontalPodAutoscaler", 36, "", "", ""},
        {"flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", 31, "deprecated-api",
         "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema is deprecated since Kubernetes 1.29 and "
         "will not be served by 1.32",
         "use flowcontrol.apiserver.k8s.io/v1"},
        {"rbac.authorization.k8s.io/v1beta1", "RoleBinding", 22, "removed-api",
         "rbac.authorization.k8s.io/v1beta1 RoleBinding is not served any more since Kubernetes "
         "1.22",
         "use rbac.authorization.k8s.io/v1"},
        {"v1", "Endpoints", 32, "", "", ""},
        {"v1", "Endpoints", 33, "deprecated-api",
         "v1 Endpoints is deprecated since Kubernetes 1.33",
         "use discovery.k8s.io/v1 EndpointSlice"},
        {"settings.k8s.io/v1alpha1", "PodPreset", 20, "removed-api",
         "settings.k8s.io/v1alpha1 PodPreset is not served any more since Kubernetes 1.20",
         "there is no replacement; remove it"},
        // A group of one's own may have a version of the same name.
        {"example.com/v1beta1", "Ingress", 36, "", "", ""},
        {"apps/v1beta1", "Unknown", 36, "", "", ""},
    }));

TEST(ApiVersions, AreOfTheNewestReleaseWhereNoneIsNamed) {
  EXPECT_THAT(check_rule("removed-api",
                         "{apiVersion: storage.k8s.io/v1alpha1, kind: VolumeAttributesClass, "
                         "metadata: {name: a}}"),
              ElementsAre("1:2 /apiVersion storage.k8s.io/v1alpha1 VolumeAttributesClass is not "
                          "served any more since Kubernetes 1.35"));
}

TEST(KubeVersions, AreReadAsProvidersWriteThem) {
  for (const char* text : {"1.34", "v1.34", "1.34.2", "v1.34.1-gke.100", "1.34.2+k3s1", "1.34+"}) {
    const auto version = parse_kube_version(text);
    ASSERT_TRUE(version) << text;
    EXPECT_EQ(*version, (KubeVersion{1, 34})) << text;
  }
  for (const char* text :
       {"", "1", "1.", "2.0", "1.x", "1.34x", "latest", "-1.3", "1.99999999999"}) {
    EXPECT_FALSE(parse_kube_version(text)) << text;
  }
}

}  // namespace
}  // namespace sealift::checks
