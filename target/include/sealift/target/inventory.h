#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/kube/apply_set.h>
#include <sealift/objects/object.h>

#include <cstdint>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

namespace sealift::target {

// What the target itself remembers of what was accepted: the replay check survives the loss of the
// puller's disk.
struct TargetMemory {
  // In force. Nullopt: nothing, or with a `newest` that it is not known.
  std::optional<Digest> digest;
  std::int64_t sequence = 0;  // of `newest`, or else of `digest`
  std::string repository{};   // where it came from; empty: the target does not remember
  std::optional<Digest> newest{};
  std::string writer{};  // who wrote to the target last
  // Whose objects all became healthy last, and which of those above did not; nullopt also where the
  // target does not remember.
  std::optional<Digest> healthy{};
  std::optional<Digest> failed{};
  // The inventory names kinds: there may be members though nothing is known to be accepted, as
  // where a Delivery comes from a backup, without its status.
  bool has_places = false;
  // Others than the puller may be allowed to write where this was read.
  bool may_be_forged = false;

  bool is_known() const { return digest || newest; }
};

// What is remembered in a place that nobody else can write, and what the target says, which may be
// forged. Of that counts the writer, and that something newer was accepted; which artifact is in
// force it decides only where nothing else is known.
TargetMemory weighed(TargetMemory own, TargetMemory there);

struct Acceptance {
  Digest digest;              // of the artifact in force
  std::int64_t sequence = 0;  // of the newest one
  // Whose the sequence is, where the Delivery went back from that one: it may come again.
  std::optional<Digest> newest{};
  std::string writer{};
};

// Where an ApplySet may have members. More is allowed, less is not (KEP-3659).
struct MemberPlaces {
  std::set<kube::GroupKind> kinds;
  std::set<std::string> name_spaces;  // of namespaced members, the Delivery's own left out
  bool operator==(const MemberPlaces&) const = default;
};

// The parent of one Delivery's ApplySet: what the set may contain, and what was accepted. It lives
// in the cluster: on a ConfigMap where the Delivery is a file or its target is a remote cluster, on
// the Delivery itself where that is a custom resource.
class Inventory {
 public:
  virtual ~Inventory() = default;
  virtual std::string applyset_id() const = 0;
  // The parent, which is an object of the same cluster as the members.
  virtual objects::ObjectId parent() const = 0;
  // Both are known after recall(), which costs no request where the parent is watched anyway.
  virtual Result<TargetMemory> recall(std::stop_token stop) = 0;
  virtual Result<MemberPlaces> places() const = 0;
  // Durable before the first write of a run: `places` (old and new together) and the acceptance. No
  // request where the cluster knows all that already.
  virtual Result<> extend(const MemberPlaces& places, const Acceptance& acceptance,
                          std::stop_token stop) = 0;
  // Whether the parent still says what extend() and shrink() left there, as far as that is known
  // without a request: whoever may write it may take that off.
  virtual bool is_intact() const { return true; }
  // After the prune: the places of what remains.
  virtual Result<> shrink(const MemberPlaces& places, std::stop_token stop) = 0;
  // After everything was deleted or let go.
  virtual Result<> remove(std::stop_token stop) = 0;
};

}  // namespace sealift::target
