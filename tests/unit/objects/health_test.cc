#include <sealift/objects/health.h>
#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

struct Case {
  const char* object;  // YAML in flow style
  const char* health;
  const char* reason;
};

void check(const std::vector<Case>& cases, std::optional<Timestamp> now = std::nullopt) {
  for (const Case& one : cases) {
    SCOPED_TRACE(one.object);
    const auto read = parse_yaml(one.object, "object.yaml");
    ASSERT_TRUE(read.has_value()) << read.error().message();
    const HealthStatus status = health_of(read->at(0).value, now);
    EXPECT_EQ(to_string(status.health), one.health) << status.reason;
    EXPECT_THAT(status.reason, testing::HasSubstr(one.reason));
  }
}

TEST(HealthOf, FollowsTheOrderOfTheGenericRules) {
  check({
      {"{kind: Widget, apiVersion: x.io/v1}", "Current", "nothing says"},
      {"{metadata: {deletionTimestamp: '2026-01-01T00:00:00Z', generation: 2}, status: "
       "{observedGeneration: 1}}",
       "Terminating", "deleted"},
      {"{metadata: {generation: 2}, status: {observedGeneration: 1, conditions: [{type: Stalled, "
       "status: 'True'}]}}",
       "InProgress", "generation 1 and not yet 2"},
      {"{metadata: {generation: 2}, status: {observedGeneration: 2}}", "Current", ""},
      {"{metadata: {generation: 2}, status: {}}", "Current", ""},
      {"{status: {conditions: [{type: Reconciling, status: 'True', message: busy}, {type: Ready, "
       "status: 'True'}]}}",
       "InProgress", "busy"},
      {"{status: {conditions: [{type: Reconciling, status: 'False'}, {type: Stalled, status: "
       "'True', reason: Broken}]}}",
       "Failed", "Broken"},
      {"{status: {conditions: [{type: Stalled, status: 'False'}]}}", "Current", ""},
      {"{status: {conditions: [{type: Ready, status: 'True'}]}}", "Current", "ready"},
      {"{status: {conditions: [{type: Ready, status: 'False', message: not yet}]}}", "InProgress",
       "not yet"},
      {"{status: {conditions: [{type: Ready, status: Unknown}]}}", "InProgress", "Unknown"},
      {"{status: {conditions: [{type: Ready, status: odd}]}}", "Current", ""},
      {"{apiVersion: apps/v1, kind: Deployment, status: {conditions: [{type: Stalled, status: "
       "'True', message: m}]}}",
       "Failed", "m"},
      {"{apiVersion: v1, kind: Secret, status: {conditions: [{type: Ready, status: 'False'}]}}",
       "Current", ""},
      {"{apiVersion: v1, kind: ConfigMap}", "Current", ""},
      {"{apiVersion: batch/v1, kind: CronJob}", "Current", ""},
      {"{apiVersion: policy/v1, kind: PodDisruptionBudget, status: {}}", "Current", "disruptions"},
      {"{apiVersion: example.com/v1, kind: Deployment}", "Current", "nothing says"},
      {"{status: {conditions: text}}", "Current", ""},
      {"[]", "Current", ""},
  });
}

TEST(HealthOf, DeploymentCountsReplicasAndReadsItsConditions) {
  const std::string head = "{apiVersion: apps/v1, kind: Deployment, spec: ";
  const std::string ready =
      "{replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3";
  const std::string available = ", conditions: [{type: Available, status: 'True'}";
  const auto object = [&](const std::string& spec, const std::string& status) {
    return head + spec + ", status: " + status + "}";
  };
  const std::vector<std::pair<std::string, std::pair<const char*, const char*>>> cases = {
      {object("{}", "{}"), {"InProgress", "0 of 1 replicas exist"}},
      {object("{replicas: 3}", "{replicas: 3, updatedReplicas: 1}"),
       {"InProgress", "1 of 3 replicas are updated"}},
      {object("{replicas: 3}", "{replicas: 4, updatedReplicas: 3}"),
       {"InProgress", "1 more than 3"}},
      {object("{replicas: 3}", "{replicas: 3, updatedReplicas: 3, availableReplicas: 2}"),
       {"InProgress", "2 of 3 replicas are available"}},
      {object("{replicas: 3}",
              "{replicas: 3, updatedReplicas: 3, availableReplicas: 3, readyReplicas: 2}"),
       {"InProgress", "2 of 3 replicas are ready"}},
      {object("{replicas: 3}", ready + "}"), {"InProgress", "not available yet"}},
      {object("{replicas: 3}", ready + available + "]}"), {"Current", "all 3 replicas"}},
      {object("{replicas: 3, progressDeadlineSeconds: 600}", ready + available + "]}"),
       {"InProgress", "new ReplicaSet"}},
      {object("{replicas: 3, progressDeadlineSeconds: 600}",
              ready + available +
                  ", {type: Progressing, status: 'True', reason: NewReplicaSetAvailable}]}"),
       {"Current", "all 3"}},
      {object("{replicas: 3, progressDeadlineSeconds: 2147483647}", ready + available + "]}"),
       {"Current", "all 3"}},
      {object("{replicas: 3}",
              ready + available +
                  ", {type: Progressing, status: 'False', reason: ProgressDeadlineExceeded, "
                  "message: timed out}]}"),
       {"Failed", "timed out"}},
      {object("{replicas: 0}", "{conditions: [{type: Available, status: 'True'}]}"),
       {"Current", "all 0"}},
  };
  for (const auto& [yaml, expected] : cases)
    check({{yaml.c_str(), expected.first, expected.second}});
}

TEST(HealthOf, StatefulSet) {
  check({
      {"{apiVersion: apps/v1, kind: StatefulSet, spec: {updateStrategy: {type: OnDelete}}}",
       "Current", "by hand"},
      {"{apiVersion: apps/v1, kind: StatefulSet}", "InProgress", "0 of 1 replicas exist"},
      {"{apiVersion: apps/v1, kind: StatefulSet, spec: {replicas: 2}, status: {replicas: 2, "
       "readyReplicas: 1}}",
       "InProgress", "1 of 2 replicas are ready"},
      {"{apiVersion: apps/v1, kind: StatefulSet, spec: {replicas: 2}, status: {replicas: 3, "
       "readyReplicas: 3}}",
       "InProgress", "1 more than 2"},
      {"{apiVersion: apps/v1, kind: StatefulSet, spec: {replicas: 2}, status: {replicas: 2, "
       "readyReplicas: 2, currentReplicas: 1}}",
       "InProgress", "1 of 2 replicas are of the current"},
      {"{apiVersion: apps/v1, kind: StatefulSet, spec: {replicas: 2}, status: {replicas: 2, "
       "readyReplicas: 2, currentReplicas: 2, currentRevision: a, updateRevision: b}}",
       "InProgress", "current revision"},
      {"{apiVersion: apps/v1, kind: StatefulSet, spec: {replicas: 2}, status: {replicas: 2, "
       "readyReplicas: 2, currentReplicas: 2, currentRevision: a, updateRevision: a}}",
       "Current", "all 2"},
      {"{apiVersion: apps/v1, kind: StatefulSet, spec: {replicas: 3, updateStrategy: "
       "{rollingUpdate: {partition: 1}}}, status: {replicas: 3, readyReplicas: 3, "
       "updatedReplicas: 1}}",
       "InProgress", "1 of 2 replicas above the partition"},
      {"{apiVersion: apps/v1, kind: StatefulSet, spec: {replicas: 3, updateStrategy: "
       "{rollingUpdate: {partition: 1}}}, status: {replicas: 3, readyReplicas: 3, "
       "updatedReplicas: 2}}",
       "Current", "above the partition"},
  });
}

TEST(HealthOf, DaemonSet) {
  const std::string head =
      "{apiVersion: apps/v1, kind: DaemonSet, metadata: {generation: 1}, status: "
      "{observedGeneration: 1";
  const std::vector<std::pair<std::string, std::pair<const char*, const char*>>> cases = {
      {"{apiVersion: apps/v1, kind: DaemonSet, metadata: {generation: 1}}",
       {"InProgress", "not seen"}},
      {"{apiVersion: apps/v1, kind: DaemonSet, status: {observedGeneration: 1}}",
       {"InProgress", "not seen"}},
      {head + "}}", {"InProgress", "counted"}},
      {head + ", desiredNumberScheduled: 2, currentNumberScheduled: 1}}",
       {"InProgress", "1 of 2 nodes have its pod"}},
      {head + ", desiredNumberScheduled: 2, currentNumberScheduled: 2}}",
       {"InProgress", "0 of 2 nodes have the updated"}},
      {head + ", desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2}}",
       {"InProgress", "0 of 2 pods are available"}},
      {head + ", desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, "
              "numberAvailable: 2, numberReady: 1}}",
       {"InProgress", "1 of 2 pods are ready"}},
      {head + ", desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, "
              "numberAvailable: 2, numberReady: 2}}",
       {"Current", "all 2 pods"}},
      {head + ", desiredNumberScheduled: 0}}", {"Current", "all 0 pods"}},
  };
  for (const auto& [yaml, expected] : cases)
    check({{yaml.c_str(), expected.first, expected.second}});
}

TEST(HealthOf, ReplicaSet) {
  check({
      {"{apiVersion: apps/v1, kind: ReplicaSet, status: {conditions: [{type: ReplicaFailure, "
       "status: 'True', message: quota}]}}",
       "InProgress", "quota"},
      {"{apiVersion: apps/v1, kind: ReplicaSet}", "InProgress", "0 of 1 replicas have all labels"},
      {"{apiVersion: apps/v1, kind: ReplicaSet, status: {fullyLabeledReplicas: 1}}", "InProgress",
       "0 of 1 replicas are available"},
      {"{apiVersion: apps/v1, kind: ReplicaSet, status: {fullyLabeledReplicas: 1, "
       "availableReplicas: 1}}",
       "InProgress", "0 of 1 replicas are ready"},
      {"{apiVersion: apps/v1, kind: ReplicaSet, status: {fullyLabeledReplicas: 1, "
       "availableReplicas: 1, readyReplicas: 1, replicas: 2}}",
       "InProgress", "1 more than 1"},
      {"{apiVersion: apps/v1, kind: ReplicaSet, status: {fullyLabeledReplicas: 1, "
       "availableReplicas: 1, readyReplicas: 1, replicas: 1}}",
       "Current", "all 1"},
  });
}

TEST(HealthOf, ServiceAndClaim) {
  check({
      {"{apiVersion: v1, kind: Service}", "Current", "ready"},
      {"{apiVersion: v1, kind: Service, spec: {type: LoadBalancer}}", "InProgress", "cluster IP"},
      {"{apiVersion: v1, kind: Service, spec: {type: LoadBalancer, clusterIP: 10.0.0.1}}",
       "Current", ""},
      {"{apiVersion: v1, kind: PersistentVolumeClaim}", "InProgress", "unknown"},
      {"{apiVersion: v1, kind: PersistentVolumeClaim, status: {phase: Pending}}", "InProgress",
       "Pending"},
      {"{apiVersion: v1, kind: PersistentVolumeClaim, status: {phase: Bound}}", "Current", "bound"},
  });
}

TEST(HealthOf, Pod) {
  check({
      {"{apiVersion: v1, kind: Pod}", "InProgress", "not known yet"},
      {"{apiVersion: v1, kind: Pod, status: {phase: Odd}}", "InProgress", "Odd"},
      {"{apiVersion: v1, kind: Pod, status: {phase: Succeeded}}", "Current", "completed"},
      {"{apiVersion: v1, kind: Pod, status: {phase: Failed}}", "Current", "without success"},
      {"{apiVersion: v1, kind: Pod, status: {phase: Pending}}", "InProgress", "pending"},
      {"{apiVersion: v1, kind: Pod, status: {phase: Running}}", "InProgress", "not ready"},
      {"{apiVersion: v1, kind: Pod, status: {phase: Running, conditions: [{type: Ready, status: "
       "'True'}]}}",
       "Current", "ready"},
      {"{apiVersion: v1, kind: Pod, status: {phase: Running, containerStatuses: [{name: a, state: "
       "{waiting: {reason: CrashLoopBackOff}}}, {name: b, state: {running: {}}}]}}",
       "Failed", "crash again and again: a"},
  });
}

TEST(HealthOf, UnschedulablePodFailsAfterTheWindow) {
  const char* const pod =
      "{apiVersion: v1, kind: Pod, metadata: {creationTimestamp: '2026-01-01T00:00:00Z'}, status: "
      "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, "
      "message: no nodes}]}}";
  const Timestamp created = parse_timestamp("2026-01-01T00:00:00Z").value();
  check({{pod, "InProgress", "no nodes"}});
  check({{pod, "InProgress", "no nodes"}}, created + std::chrono::seconds(14));
  check({{pod, "Failed", "no nodes"}}, created + std::chrono::seconds(15));
}

TEST(HealthOf, JobAndDefinition) {
  check({
      {"{apiVersion: batch/v1, kind: Job}", "InProgress", "not started"},
      {"{apiVersion: batch/v1, kind: Job, status: {startTime: '2026-01-01T00:00:00Z'}}", "Current",
       "running"},
      {"{apiVersion: batch/v1, kind: Job, status: {conditions: [{type: Complete, status: "
       "'True'}]}}",
       "Current", "completed"},
      {"{apiVersion: batch/v1, kind: Job, status: {conditions: [{type: Complete, status: "
       "'False'}]}}",
       "InProgress", "not started"},
      {"{apiVersion: batch/v1, kind: Job, status: {conditions: [{type: Failed, status: 'True', "
       "message: backoff}]}}",
       "Failed", "backoff"},
      {"{apiVersion: batch/v1, kind: Job, status: {conditions: [{type: Suspended, status: "
       "'True'}]}}",
       "Current", "suspended"},
      {"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}", "InProgress",
       "being installed"},
      {"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: {conditions: "
       "[{type: Established, status: 'False', reason: Installing}]}}",
       "InProgress", "being installed"},
      {"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: {conditions: "
       "[{type: Established, status: 'False', reason: NotAccepted}]}}",
       "Failed", "NotAccepted"},
      {"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: {conditions: "
       "[{type: NamesAccepted, status: 'False', message: taken}]}}",
       "Failed", "taken"},
      {"{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, status: {conditions: "
       "[{type: NamesAccepted, status: 'True'}, {type: Established, status: 'True'}]}}",
       "Current", "established"},
  });
}

}  // namespace
}  // namespace sealift::objects
