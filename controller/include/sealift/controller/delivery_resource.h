#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/own_annotations.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::controller {

inline constexpr std::string_view kFinalizer = "sealift.dev/delivery";
inline constexpr std::string_view kGroup = "sealift.dev";
inline constexpr std::string_view kDeliveryKind = "Delivery";
inline constexpr std::string_view kCluster = objects::kClusterAnnotation;

const kube::Resource& deliveries();
const kube::Resource& trust_policies();

// Everything about a Delivery that makes a run worthwhile when it changes. What the puller itself
// writes (status, labels, finalizer) is no part of it.
struct RunTrigger {
  std::string uid;
  std::int64_t generation = 0;
  // SHA-256 (hex) over those of sealift.dev/ and Flux's requestedAt; over those that mean nothing,
  // too, since a Delivery is not run for them.
  std::string annotations_hash;
  // Of the two times, the later one: delivery::Delivery::requested_at where the Delivery is valid.
  std::string request;
  bool deleting = false;
  bool operator==(const RunTrigger&) const = default;
};

// What makes a Delivery the parent of an ApplySet (KEP-3659), as the texts that the API has.
struct ParentMarks {
  std::string id;  // label applyset.kubernetes.io/id
  std::string tooling;
  std::string group_kinds;
  std::string name_spaces;
  bool operator==(const ParentMarks&) const = default;
};

// A Delivery of the cluster without its spec: small enough to be kept for each.
struct LiveDelivery {
  std::string name_space;
  std::string name;
  std::uint64_t version = 0;  // metadata.resourceVersion, ordered (see members::ClusterView)
  RunTrigger trigger;
  ParentMarks marks;
  std::string cluster;  // kCluster
  std::vector<std::string> finalizers;
  std::string status;  // as JSON; "{}" where there is none

  std::string id() const { return name_space + "/" + name; }
  bool has_finalizer() const;
  // Whether it bears all that keeps its objects from being left behind when it is deleted.
  bool is_marked() const;
  // Whether its deletion may leave objects behind, in this cluster or in the one that it names. Its
  // marks tell as well: a Delivery that comes from a backup has lost its status.
  bool may_have_objects() const;
};

// kInvalidInput for what is no Delivery of an API server: no name, namespace, UID or version.
Result<LiveDelivery> observe_delivery(const Json& object);

}  // namespace sealift::controller
