#include "objects.h"

namespace sealift::comparison {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string object(std::string_view kind, std::string_view spec) {
  static const std::map<std::string_view, std::string_view> versions = {
      {"Deployment", "apps/v1"},
      {"CronJob", "batch/v1"},
      {"HorizontalPodAutoscaler", "autoscaling/v2"},
      {"Rollout", "argoproj.io/v1alpha1"}};
  const auto version = versions.find(kind);
  return "apiVersion: " + std::string(version == versions.end() ? "v1" : version->second) +
         "\nkind: " + std::string(kind) + "\nmetadata: {name: a}\nspec: {" + std::string(spec) +
         "}\n";
}

std::string pod(std::string_view container) {
  return object("Pod", "containers: [{name: a" + std::string(container) + "}]");
}

struct Same {
  std::string before;
  std::string after;
};

class MeansTheSame : public testing::TestWithParam<Same> {};

TEST_P(MeansTheSame, BothWays) {
  EXPECT_THAT(fields_of(compared(GetParam().before, GetParam().after)), IsEmpty());
  EXPECT_THAT(fields_of(compared(GetParam().after, GetParam().before)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Defaults, MeansTheSame,
    testing::Values(
        Same{object("Deployment", "replicas: 1"), object("Deployment", "")},
        Same{
            object("Deployment", "strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%}}"),
            object("Deployment", "")},
        Same{object("Service", "type: ClusterIP, sessionAffinity: None"), object("Service", "")},
        Same{object("Service", "ports: [{port: 80, targetPort: 80, protocol: TCP}]"),
             object("Service", "ports: [{port: 80}]")},
        Same{object("CronJob", "concurrencyPolicy: Allow, suspend: false"), object("CronJob", "")},
        Same{pod(", ports: [{containerPort: 80, protocol: TCP}]"),
             pod(", ports: [{containerPort: 80}]")},
        Same{pod(", image: 'x:1', imagePullPolicy: IfNotPresent"), pod(", image: 'x:1'")},
        Same{pod(", image: 'r:5000/x', imagePullPolicy: Always"), pod(", image: 'r:5000/x'")},
        Same{pod(", image: 'x:latest', imagePullPolicy: Always"), pod(", image: 'x:latest'")},
        Same{pod(", image: 'x@sha256:0', imagePullPolicy: IfNotPresent"),
             pod(", image: 'x@sha256:0'")},
        Same{pod(", livenessProbe: {httpGet: {port: 1, scheme: HTTP}, periodSeconds: 10}"),
             pod(", livenessProbe: {httpGet: {port: 1}}")},
        Same{pod(", securityContext: {privileged: false}"), pod("")},
        Same{pod(", securityContext: {privileged: false}"), pod(", securityContext: {}")},
        Same{pod(", resources: {}, env: [], args: []"), pod("")}));

INSTANTIATE_TEST_SUITE_P(
    Amounts, MeansTheSame,
    testing::Values(
        Same{pod(", resources: {limits: {cpu: 1, memory: 1Gi}}"),
             pod(", resources: {limits: {cpu: 1000m, memory: 1024Mi}}")},
        Same{pod(", resources: {requests: {cpu: 0.5}}"),
             pod(", resources: {requests: {cpu: 500m}}")},
        Same{object("PersistentVolumeClaim", "resources: {requests: {storage: 1Ti}}"),
             object("PersistentVolumeClaim", "resources: {requests: {storage: 1024Gi}}")},
        Same{object("PersistentVolume", "capacity: {storage: 1Gi}"),
             object("PersistentVolume", "capacity: {storage: 1024Mi}")},
        Same{object("ResourceQuota", "hard: {pods: '10', requests.cpu: 1}"),
             object("ResourceQuota", "hard: {pods: 10, requests.cpu: 1000m}")},
        Same{object("LimitRange", "limits: [{type: Container, default: {cpu: 1}}]"),
             object("LimitRange", "limits: [{type: Container, default: {cpu: 1000m}}]")},
        Same{
            object("HorizontalPodAutoscaler", "metrics: [{resource: {target: {averageValue: 1}}}]"),
            object("HorizontalPodAutoscaler",
                   "metrics: [{resource: {target: {averageValue: 1000m}}}]")},
        Same{object("Rollout",
                    "template: {spec: {containers: [{name: a, resources: {limits: {cpu: "
                    "1}}}]}}"),
             object("Rollout",
                    "template: {spec: {containers: [{name: a, resources: {limits: {cpu: "
                    "1000m}}}]}}")}));

TEST(FieldDefault, AnotherValueThanTheDefaultDiffers) {
  EXPECT_THAT(fields_of(compared(object("Deployment", ""), object("Deployment", "replicas: 0"))),
              ElementsAre("/spec/replicas: - -> 0"));
  EXPECT_THAT(fields_of(compared(pod(", ports: [{containerPort: 80}]"),
                                 pod(", ports: [{containerPort: 80, protocol: UDP}]"))),
              testing::SizeIs(2));
  EXPECT_THAT(fields_of(compared(object("Service", "ports: [{port: 80}]"),
                                 object("Service", "ports: [{port: 80, targetPort: 8080}]"))),
              ElementsAre("/spec/ports/[port=80,protocol=TCP]/targetPort: - -> 8080"));
  EXPECT_THAT(
      fields_of(compared(pod(", image: 'x:1'"), pod(", image: 'x:2', imagePullPolicy: Always"))),
      ElementsAre("/spec/containers/[name=a]/image: \"x:1\" -> \"x:2\"",
                  "/spec/containers/[name=a]/imagePullPolicy: - -> \"Always\""));
  EXPECT_THAT(fields_of(compared(pod(""), pod(", securityContext: {privileged: true}"))),
              ElementsAre("/spec/containers/[name=a]/securityContext: - -> {\"privileged\":true}"));
}

TEST(FieldDefault, CustomResourcesHaveNone) {
  EXPECT_THAT(fields_of(compared(object("Rollout", ""), object("Rollout", "replicas: 1"))),
              ElementsAre("/spec/replicas: - -> 1"));
}

TEST(FieldDefault, NamesOfUsersAreNoFields) {
  const std::string map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
  EXPECT_THAT(fields_of(compared(map, map + "data: {dnsPolicy: ClusterFirst}")),
              ElementsAre("/data/dnsPolicy: - -> \"ClusterFirst\""));
  EXPECT_THAT(fields_of(compared(map + "data: {cpu: '1'}", map + "data: {cpu: 1000m}")),
              ElementsAre("/data/cpu: \"1\" -> \"1000m\""));
}

TEST(FieldDefault, AmountsThatDifferAreShownAsTheyAreWritten) {
  EXPECT_THAT(fields_of(compared(pod(", resources: {limits: {memory: 1Gi}}"),
                                 pod(", resources: {limits: {memory: 1G}}"))),
              ElementsAre("/spec/containers/[name=a]/resources/limits/memory: \"1Gi\" -> \"1G\""));
}

}  // namespace
}  // namespace sealift::comparison
