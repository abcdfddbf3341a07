#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/objects/object.h>
#include <sealift/target/delivery_state.h>
#include <sealift/target/desired_state.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::target {

// A live object that belongs to this Delivery, without its content.
struct LiveObject {
  std::string uid;
  std::string own_fields_hash;  // empty: nothing of it is ours any more
  bool deleting = false;
  bool keep = false;          // told to stay by an annotation
  bool completed = false;     // a Job that has succeeded
  std::uint64_t version = 0;  // its resourceVersion; 0: that is no number
};

// How an object is that was sent before. Pure.
enum class SinceSent {
  kSame,
  kOlder,    // the cluster came back from a backup: the same fields may hold what they held then
  kChanged,  // another object under the name, or other fields of it are ours
};
SinceSent since_sent(const RememberedObject& remembered, const LiveObject& live);

using LiveObjects = std::map<objects::ObjectId, LiveObject>;

struct ApplyAction {
  enum class Why { kCreate, kUpdate, kDrift, kUnknown };  // kUnknown: what it holds
  // To replace is to delete the live object, to wait until it is gone, and to create it again.
  enum class Replace {
    kNever,
    kIfImmutable,  // where the server refuses the apply because a field cannot be changed
    kAlways,
  };
  std::size_t index = 0;  // into DesiredState::objects
  Why why = Why::kCreate;
  Replace replace = Replace::kNever;
  std::string uid{};          // of the live object that is ours; empty: there is none
  std::uint64_t version = 0;  // in which that was judged, as LiveObject has it
  // Whatever has the name already is left as it is, whoever made it; it is remembered with an empty
  // own_fields_hash then.
  bool only_if_absent = false;
};
std::string_view to_string(ApplyAction::Why why);

struct PruneAction {
  objects::ObjectId id;
  std::string uid;
  auto operator<=>(const PruneAction&) const = default;
};

// What is no longer wanted and cannot go yet.
struct SparedObject {
  objects::ObjectId id;
  std::string reason;  // for people: "ConfigMap shop/a lives in it and is kept"
};

// What a run will do, in the order of doing it.
struct Plan {
  std::vector<ApplyAction> applies;
  std::vector<PruneAction> prunes;      // reverse order of applying
  std::vector<PruneAction> cleanups;    // hooks that have succeeded; remembered as completed before
  std::vector<objects::ObjectId> kept;  // no longer wanted, and told to stay
  std::vector<objects::ObjectId> disowned;  // no longer wanted, and nothing of it is ours
  std::vector<SparedObject> spared;         // no longer wanted, and something else needs it
  // Indices that nobody waits for: they drifted and are left so, or are Jobs that are done and
  // gone.
  std::set<std::size_t> left;
  std::vector<std::size_t> drifted;    // those of them to speak about (drift: detect)
  std::vector<std::size_t> completed;  // Jobs to be remembered as completed from now on
  std::size_t unchanged = 0;
  // An earlier run did not end: what it sent may not be healthy yet.
  bool resumes = false;

  bool empty() const { return applies.empty() && prunes.empty() && cleanups.empty(); }
};

// Compares what is wanted, what is there and what was sent before. Pure. kForbidden where the prune
// limit would be exceeded, or where an artifact without objects would delete everything.
// `parent`, the object that keeps the inventory, stays, and what it needs.
Result<Plan> make_plan(const delivery::Delivery& delivery, const DesiredState& desired,
                       const LiveObjects& live, const DeliveryState& remembered,
                       const std::optional<objects::ObjectId>& parent = std::nullopt);

// What the plan found out about Jobs, for every plan after it; before anything of it is carried
// out, so that no Job that is deleted on the way passes for one that ran before the memory was
// lost. Whether the state is another one now.
bool remember_jobs(const DesiredState& desired, const Plan& plan, const LiveObjects& live,
                   DeliveryState& state);

// The end of a Delivery: everything that is ours goes, but for what is kept. Pure.
Plan plan_removal(const LiveObjects& live);

// Why an object may never be deleted to be created again, as a sentence, or nothing where it may: a
// Namespace, a CustomResourceDefinition and a volume would take along what they hold.
std::string_view replace_guard(const DesiredObject& object);

}  // namespace sealift::target
