#include "health_rules.h"

#include "object_check.h"

#include <sealift/base/encoding.h>

#include <array>
#include <limits>

namespace sealift::objects {
namespace {

constexpr std::chrono::seconds kScheduleWindow{15};

using Rule = HealthStatus (*)(const Json& object, std::optional<Timestamp> now);

HealthStatus current(std::string reason) { return {Health::kCurrent, std::move(reason)}; }
HealthStatus in_progress(std::string reason) { return {Health::kInProgress, std::move(reason)}; }
HealthStatus failed(std::string reason) { return {Health::kFailed, std::move(reason)}; }

// "2 of 3 replicas are available"
HealthStatus too_few(std::int64_t have, std::int64_t want, std::string_view what) {
  return in_progress(std::to_string(have) + " of " + std::to_string(want) + " " +
                     std::string(what));
}

HealthStatus too_many(std::int64_t have, std::int64_t want) {
  return in_progress(std::to_string(have - want) + " more than " + std::to_string(want) +
                     " replicas have yet to end");
}

HealthStatus always_current(const Json&, std::optional<Timestamp>) {
  return current("this kind is ready once it exists");
}

HealthStatus service(const Json& object, std::optional<Timestamp>) {
  if (object.string_at({"spec", "type"}) == "LoadBalancer" &&
      object.string_at({"spec", "clusterIP"}).empty()) {
    return in_progress("it has no cluster IP yet");
  }
  return current("it is ready");
}

HealthStatus claim(const Json& object, std::optional<Timestamp>) {
  const std::string_view phase = object.string_at({"status", "phase"});
  if (phase == "Bound") return current("it is bound");
  return in_progress("it is not bound: its phase is " +
                     (phase.empty() ? "unknown" : printable(phase, 60)));
}

std::string crash_looping_containers(const Json& pod) {
  std::string names;
  const Json* statuses = pod.find_path({"status", "containerStatuses"});
  if (statuses == nullptr || !statuses->is_array()) return names;
  for (const Json& container : *statuses->as_array()) {
    if (container.string_at({"state", "waiting", "reason"}) != "CrashLoopBackOff") continue;
    if (!names.empty()) names += ", ";
    names += printable(container.string_at({"name"}), 63);
  }
  return names;
}

HealthStatus running_pod(const Json& object) {
  for (const Condition& condition : conditions_of(object)) {
    if (condition.type == "Ready" && condition.status == "True") return current("it is ready");
  }
  const std::string crashing = crash_looping_containers(object);
  if (!crashing.empty()) return failed("its containers crash again and again: " + crashing);
  return in_progress("it runs but is not ready");
}

HealthStatus pending_pod(const Json& object, std::optional<Timestamp> now) {
  for (const Condition& condition : conditions_of(object)) {
    if (condition.type != "PodScheduled" || condition.status != "False" ||
        condition.reason != "Unschedulable") {
      continue;
    }
    const auto created = parse_timestamp(object.string_at({"metadata", "creationTimestamp"}));
    const bool out_of_time = now && created && *created <= *now - kScheduleWindow;
    std::string reason = "it cannot be scheduled: " + words_of(condition);
    return out_of_time ? failed(std::move(reason)) : in_progress(std::move(reason));
  }
  return in_progress("it is pending");
}

HealthStatus pod(const Json& object, std::optional<Timestamp> now) {
  const std::string_view phase = object.string_at({"status", "phase"});
  if (phase == "Succeeded") return current("it has completed");
  if (phase == "Failed") return current("it has completed, without success");
  if (phase == "Running") return running_pod(object);
  if (phase == "Pending") return pending_pod(object, now);
  return in_progress("its phase is " + (phase.empty() ? "not known yet" : printable(phase, 60)));
}

HealthStatus stateful_set(const Json& object, std::optional<Timestamp>) {
  if (object.string_at({"spec", "updateStrategy", "type"}) == "OnDelete") {
    return current("it is updated by hand (OnDelete)");
  }
  const std::int64_t want = int_at(object, {"spec", "replicas"}, 1);
  const std::int64_t exist = int_at(object, {"status", "replicas"}, 0);
  const std::int64_t ready = int_at(object, {"status", "readyReplicas"}, 0);
  const std::int64_t updated = int_at(object, {"status", "updatedReplicas"}, 0);
  const std::int64_t at_current = int_at(object, {"status", "currentReplicas"}, 0);
  const std::int64_t partition =
      int_at(object, {"spec", "updateStrategy", "rollingUpdate", "partition"}, -1);
  if (want > exist) return too_few(exist, want, "replicas exist");
  if (want > ready) return too_few(ready, want, "replicas are ready");
  if (exist > want) return too_many(exist, want);
  if (partition != -1) {
    if (updated < want - partition) {
      return too_few(updated, want - partition, "replicas above the partition are updated");
    }
    return current("the replicas above the partition are updated");
  }
  if (want > at_current) return too_few(at_current, want, "replicas are of the current revision");
  if (object.string_at({"status", "currentRevision"}) !=
      object.string_at({"status", "updateRevision"})) {
    return in_progress("the update has not become the current revision yet");
  }
  return current("all " + std::to_string(want) + " replicas are ready");
}

// The controller always sets both, so where one is missing it has not looked yet.
bool has_observed_generation(const Json& object) {
  return object.find_path({"metadata", "generation"}) != nullptr &&
         object.find_path({"status", "observedGeneration"}) != nullptr;
}

HealthStatus daemon_set(const Json& object, std::optional<Timestamp>) {
  if (!has_observed_generation(object)) return in_progress("its controller has not seen it yet");
  const std::int64_t want = int_at(object, {"status", "desiredNumberScheduled"}, -1);
  const std::int64_t exist = int_at(object, {"status", "currentNumberScheduled"}, 0);
  const std::int64_t updated = int_at(object, {"status", "updatedNumberScheduled"}, 0);
  const std::int64_t available = int_at(object, {"status", "numberAvailable"}, 0);
  const std::int64_t ready = int_at(object, {"status", "numberReady"}, 0);
  if (want == -1) return in_progress("its controller has not counted the nodes yet");
  if (want > exist) return too_few(exist, want, "nodes have its pod");
  if (want > updated) return too_few(updated, want, "nodes have the updated pod");
  if (want > available) return too_few(available, want, "pods are available");
  if (want > ready) return too_few(ready, want, "pods are ready");
  return current("all " + std::to_string(want) + " pods are ready");
}

HealthStatus deployment(const Json& object, std::optional<Timestamp>) {
  // Without a deadline (or with the controller's "none") no Progressing condition is ever set.
  constexpr std::int64_t kNoDeadline = std::numeric_limits<std::int32_t>::max();
  bool progressed = int_at(object, {"spec", "progressDeadlineSeconds"}, kNoDeadline) == kNoDeadline;
  bool is_available = false;
  for (const Condition& condition : conditions_of(object)) {
    if (condition.type == "Progressing") {
      if (condition.reason == "ProgressDeadlineExceeded") {
        return failed("it made no progress before its deadline: " + words_of(condition));
      }
      if (condition.status == "True" && condition.reason == "NewReplicaSetAvailable") {
        progressed = true;
      }
    }
    if (condition.type == "Available" && condition.status == "True") is_available = true;
  }
  const std::int64_t want = int_at(object, {"spec", "replicas"}, 1);
  const std::int64_t exist = int_at(object, {"status", "replicas"}, 0);
  const std::int64_t updated = int_at(object, {"status", "updatedReplicas"}, 0);
  const std::int64_t ready = int_at(object, {"status", "readyReplicas"}, 0);
  const std::int64_t available = int_at(object, {"status", "availableReplicas"}, 0);
  if (want > exist) return too_few(exist, want, "replicas exist");
  if (want > updated) return too_few(updated, want, "replicas are updated");
  if (exist > want) return too_many(exist, want);
  if (updated > available) return too_few(available, updated, "replicas are available");
  if (want > ready) return too_few(ready, want, "replicas are ready");
  if (!progressed) return in_progress("its new ReplicaSet is not available yet");
  if (!is_available) return in_progress("it is not available yet");
  return current("all " + std::to_string(want) + " replicas are available");
}

HealthStatus replica_set(const Json& object, std::optional<Timestamp>) {
  for (const Condition& condition : conditions_of(object)) {
    if (condition.type == "ReplicaFailure" && condition.status == "True") {
      return in_progress("it cannot make its pods: " + words_of(condition));
    }
  }
  const std::int64_t want = int_at(object, {"spec", "replicas"}, 1);
  const std::int64_t exist = int_at(object, {"status", "replicas"}, 0);
  const std::int64_t labelled = int_at(object, {"status", "fullyLabeledReplicas"}, 0);
  const std::int64_t available = int_at(object, {"status", "availableReplicas"}, 0);
  const std::int64_t ready = int_at(object, {"status", "readyReplicas"}, 0);
  if (want > labelled) return too_few(labelled, want, "replicas have all labels");
  if (want > available) return too_few(available, want, "replicas are available");
  if (want > ready) return too_few(ready, want, "replicas are ready");
  if (exist > want) return too_many(exist, want);
  return current("all " + std::to_string(want) + " replicas are available");
}

HealthStatus disruption_budget(const Json&, std::optional<Timestamp>) {
  return current("its controller has computed the allowed disruptions");
}

HealthStatus job(const Json& object, std::optional<Timestamp>) {
  for (const Condition& condition : conditions_of(object)) {
    if (condition.status != "True") continue;
    if (condition.type == "Complete") return current("it has completed");
    if (condition.type == "Failed") return failed("it has failed: " + words_of(condition));
    if (condition.type == "Suspended") return current("it is suspended");
  }
  if (object.string_at({"status", "startTime"}).empty()) return in_progress("it has not started");
  return current("it is running");
}

HealthStatus definition(const Json& object, std::optional<Timestamp>) {
  for (const Condition& condition : conditions_of(object)) {
    if (condition.type == "NamesAccepted" && condition.status == "False") {
      return failed("its names are not accepted: " + words_of(condition));
    }
    if (condition.type != "Established") continue;
    if (condition.status == "True") return current("it is established");
    if (condition.status == "False" && condition.reason != "Installing") {
      return failed("it is not established: " + words_of(condition));
    }
  }
  return in_progress("it is being installed");
}

struct KindRule {
  std::string_view group;
  std::string_view kind;
  Rule rule;
};

constexpr std::array<KindRule, 16> kRules = {{
    {"", "Service", service},
    {"", "Pod", pod},
    {"", "Secret", always_current},
    {"", "ConfigMap", always_current},
    {"", "PersistentVolumeClaim", claim},
    {"apps", "StatefulSet", stateful_set},
    {"apps", "DaemonSet", daemon_set},
    {"apps", "Deployment", deployment},
    {"apps", "ReplicaSet", replica_set},
    {"extensions", "DaemonSet", daemon_set},
    {"extensions", "Deployment", deployment},
    {"extensions", "ReplicaSet", replica_set},
    {"policy", "PodDisruptionBudget", disruption_budget},
    {"batch", "CronJob", always_current},
    {"batch", "Job", job},
    {"apiextensions.k8s.io", "CustomResourceDefinition", definition},
}};

}  // namespace

std::vector<Condition> conditions_of(const Json& object) {
  std::vector<Condition> conditions;
  const Json* list = object.find_path({"status", "conditions"});
  if (list == nullptr || !list->is_array()) return conditions;
  for (const Json& entry : *list->as_array()) {
    conditions.push_back({entry.string_at({"type"}), entry.string_at({"status"}),
                          entry.string_at({"reason"}), entry.string_at({"message"})});
  }
  return conditions;
}

std::string words_of(const Condition& condition) {
  if (!condition.message.empty()) return printable(condition.message, 300);
  if (!condition.reason.empty()) return printable(condition.reason, 100);
  return "its condition " + printable(condition.type, 60) + " is " +
         printable(condition.status, 20);
}

std::int64_t int_at(const Json& object, std::initializer_list<std::string_view> path,
                    std::int64_t otherwise) {
  const Json* value = object.find_path(path);
  return value == nullptr ? otherwise : value->as_int64().value_or(otherwise);
}

std::optional<HealthStatus> health_by_kind(const Json& object, std::optional<Timestamp> now) {
  const GroupVersionKind gvk =
      split_api_version(object.string_at({"apiVersion"}), object.string_at({"kind"}));
  for (const KindRule& entry : kRules) {
    if (entry.group == gvk.group && entry.kind == gvk.kind) return entry.rule(object, now);
  }
  return std::nullopt;
}

}  // namespace sealift::objects
