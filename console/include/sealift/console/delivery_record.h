#pragma once

#include <sealift/base/json.h>
#include <sealift/delivery/delivery.h>
#include <sealift/kube/apply_set.h>
#include <sealift/objects/object.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

struct Condition {
  std::string status;  // "True", "False", "Unknown"
  std::string reason;
  std::string message;
};

// Of an object as the API server gives it; nullopt where it has none of that type.
std::optional<Condition> read_condition(const Json& object, std::string_view type);

// What is said of an object of ours without conditions.
inline constexpr std::string_view kNotObserved = "no puller has looked at it yet";

// status.artifact: the newest that was accepted.
struct ArtifactRecord {
  std::string url;
  std::string tag;
  std::string digest;
  std::string revision;
  std::string source;
  std::string created;
  std::string policy;
  std::vector<std::string> signers;
};

// One entry of status.history.
struct HistoryEntry {
  std::string digest;
  std::string revision;
  std::string outcome;
  std::string started_at;
  std::string ended_at;
  std::string message;

  const std::string& when() const { return ended_at.empty() ? started_at : ended_at; }
};

// What the status says of single objects: the first of them, at most kMaxNamed each.
struct ObjectsRecord {
  static constexpr std::size_t kMaxNamed = 10;  // maxItems in packaging/crds

  std::map<kube::GroupKind, std::int64_t> kinds;  // how many are wanted of each
  std::size_t unhealthy = 0;                      // that are named
  std::vector<objects::ObjectId> not_found;       // of those
  std::vector<objects::ObjectId> drifted;
  std::int64_t drift_count = 0;  // of all that drifted
};

// A Delivery of a cluster as an operator asks about it. Members that are missing are empty: a
// status is written by a controller that may be older or newer than this program.
struct DeliveryRecord {
  delivery::DeliveryName name;
  std::string uid;
  std::string created_at;
  std::int64_t generation = 0;
  std::int64_t observed_generation = 0;
  bool suspended = false;
  bool deleting = false;
  std::string kubeconfig_secret;  // not empty: its objects are in another cluster
  std::string artifact_url;       // of the spec
  std::optional<Condition> ready;
  std::optional<Condition> reconciling;
  std::optional<Condition> stalled;
  std::optional<Condition> registry_away;
  std::string stage;
  ArtifactRecord artifact;
  std::string accepted_digest;
  std::int64_t objects = 0;
  ObjectsRecord named;
  std::vector<HistoryEntry> history;  // the newest first
  std::string requested_at;
  std::string last_handled;
  std::string rollback_to;

  // In one word for a table: "True", "False", "Unknown".
  std::string ready_status() const { return ready ? ready->status : "Unknown"; }
  // What the live objects are of: what the annotation holds them at, else `artifact`, which after a
  // rollback of the puller's own is the one that was put back.
  std::string digest_in_force() const;
  // The sentence that says most: of Stalled, else Ready, else Reconciling.
  std::string message() const;
};

// Reads a Delivery as the API server gives it; never fails.
DeliveryRecord read_delivery_record(const Json& delivery);

}  // namespace sealift::console
