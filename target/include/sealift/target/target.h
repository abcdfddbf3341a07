#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/members/member_health.h>
#include <sealift/target/delivery_state.h>
#include <sealift/target/desired_state.h>
#include <sealift/target/inventory.h>
#include <sealift/target/plan.h>

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::target {

// Everything in a target that belongs to one Delivery, wanted or not.
struct Observation {
  LiveObjects objects;
  // Not empty: the target cannot tell yet, and this is why. Whoever asked is woken.
  std::string waiting_for;
  // The object that keeps the inventory, where there is one: nothing that it needs may be pruned.
  std::optional<objects::ObjectId> parent{};
};

// How far an apply has come.
struct ApplyProgress {
  std::string waiting_for;  // before the next stage; empty: all is written
  bool has_failed = false;  // what is waited for, and for good
};

// How far a prune has come.
struct PruneProgress {
  std::size_t pruned = 0;   // hooks that are cleaned up not counted
  std::string waiting_for;  // before anything may go; empty: all is done
};

// What became of the objects of a Delivery that is deleted.
struct Released {
  std::size_t deleted = 0;
  std::size_t let_go = 0;  // and are still there, nobody's now
  friend bool operator==(const Released&, const Released&) = default;
};

// The objects whose dry run was answered well in this run, with the hash of what was asked: they
// are not asked about again when the run goes on after a wait.
using AskedObjects = std::map<objects::ObjectId, std::string>;

// A place where one Delivery's objects live: a cluster, or a directory. It lives as long as the
// Delivery stays the same, over many runs. The calls come from one thread at a time; `stop` covers
// the run's deadline. No call waits for anything but the target's own answers: what takes longer
// (objects becoming healthy) is told as something to wait for, and whoever asked is woken.
class Target {
 public:
  virtual ~Target() = default;

  // What changes are announced by (ClusterView::OnChange); empty where nothing is.
  virtual std::string applyset_id() const = 0;
  // Whether it is still the place that the Delivery means; another is opened where not. Asked at
  // the start of each run. `doubted`: the last run failed or somebody asked for this one, so that
  // what was read about the place before does not count.
  virtual bool is_current(bool) { return true; }
  // Before a step asks the target for anything: what there is to wait for until it answers, empty
  // where it does, or where it is close enough to find out by asking. kUnavailable where it is
  // known not to answer.
  virtual Result<std::string> reach() { return std::string(); }
  // Whether a kind lives in namespaces, where it is neither built in nor defined in the artifact;
  // nullopt where the target cannot say. kNotFound where a cluster does not serve the kind.
  virtual Result<std::optional<bool>> is_namespaced(const objects::GroupVersionKind& gvk,
                                                    std::stop_token stop) = 0;
  virtual Result<TargetMemory> recall(std::stop_token stop) = 0;
  // Without `desired`, what the last complete observation looked at; kConflict where the target
  // cannot do that and has to be asked with it.
  virtual Result<Observation> observe(const DesiredState* desired, std::stop_token stop) = 0;
  // Asks the target to refuse now what it would refuse later; changes nothing. Adds to `asked`.
  virtual Result<> preflight(const DesiredState& desired, const Plan& plan, AskedObjects& asked,
                             std::stop_token stop) = 0;
  // Remembers the acceptance and what will be owned, before the first write.
  virtual Result<> begin(const DesiredState& desired, const Plan& plan,
                         const Acceptance& acceptance, std::stop_token stop) = 0;
  // Whether what begin() and finish() left with the target is still so, as far as it knows without
  // asking.
  virtual bool is_intact() const { return true; }
  // begin() for what is looked after: nothing is written where nothing of it was lost.
  virtual Result<> renew(const DesiredState&, const Plan&, const Acceptance&, std::stop_token) {
    return {};
  }
  // Writes the stages that may be written now; each object that was written goes into the journal
  // and into `state`.
  virtual Result<ApplyProgress> apply(const DesiredState& desired, const Plan& plan,
                                      const AskedObjects& asked, DeliveryState& state,
                                      StateStore::Journal& journal, std::stop_token stop) = 0;
  // How these objects are by now.
  virtual Result<members::MemberHealth> health(const std::vector<objects::ObjectId>& wanted) = 0;
  // Deletes what the plan says, but for what is to stay by now: people use the time since it was
  // made.
  virtual Result<PruneProgress> prune(const DesiredState& desired, const Plan& plan,
                                      DeliveryState& state, StateStore::Journal& journal,
                                      std::stop_token stop) = 0;
  // Forgets what is no longer owned.
  virtual Result<> finish(const DesiredState& desired, const Plan& plan, std::stop_token stop) = 0;
  // The Delivery is deleted: its objects go, or lose the mark that they were its own. Returns what
  // is still there to wait for, empty where everything is done. Adds to `released` what it did,
  // also where it fails later.
  virtual Result<std::string> release(delivery::DeletionPolicy policy, DeliveryState& state,
                                      Released& released, std::stop_token stop) = 0;
};

}  // namespace sealift::target
