#include <sealift/target/cluster_target.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "cluster_apply.h"
#include "cluster_preflight.h"
#include "cluster_session.h"
#include "member_removal.h"
#include "prune_plan.h"

namespace sealift::target {
namespace {

kube::ApiClient objects_client(const delivery::Delivery& delivery, const kube::ApiClient& client) {
  if (delivery.service_account_name.empty()) return client;
  return client.as_service_account(delivery.name_space, delivery.service_account_name);
}

void add_place(const objects::ObjectId& id, const std::string& own_namespace,
               MemberPlaces& places) {
  places.kinds.insert({id.group, id.kind});
  if (!id.name_space.empty() && id.name_space != own_namespace) {
    places.name_spaces.insert(id.name_space);
  }
}

void add_places(const DesiredState& desired, const std::string& own_namespace,
                MemberPlaces& places) {
  for (const auto& wanted : desired.objects) {
    add_place(wanted.object.id(), own_namespace, places);
  }
}

// The echo of our own writes is no news.
class Writing {
 public:
  explicit Writing(const ClusterSession& session) : session_(session) {
    session_.view.begin_writes(session_.applyset_id);
  }
  ~Writing() { session_.view.end_writes(session_.applyset_id); }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

 private:
  const ClusterSession& session_;
};

LiveObjects live_objects(const members::ClusterView::Snapshot& snapshot) {
  LiveObjects live;
  for (const auto& [id, member] : snapshot.members) {
    live.emplace(id, live_object(member.object, member.completed));
  }
  return live;
}

class ClusterTarget : public Target {
 public:
  ClusterTarget(const delivery::Delivery& delivery, const TargetCluster& cluster,
                std::unique_ptr<Inventory> inventory, Clock& clock, Logger log)
      : delivery_(delivery),
        owner_(cluster.owner),
        is_current_(cluster.is_current),
        reach_(cluster.reach),
        log_(std::move(log)),
        inventory_(std::move(inventory)),
        session_{inventory_->applyset_id(),
                 delivery.name_space,
                 objects_client(delivery, cluster.client),
                 cluster.client,
                 cluster.resources,
                 cluster.view,
                 clock,
                 log_} {}

  ~ClusterTarget() override { session_.view.forget(session_.applyset_id); }
  ClusterTarget(const ClusterTarget&) = delete;
  ClusterTarget& operator=(const ClusterTarget&) = delete;

  std::string applyset_id() const override { return session_.applyset_id; }

  bool is_current(bool doubted) override { return !is_current_ || is_current_(doubted); }

  Result<std::string> reach() override { return reach_ ? reach_() : std::string(); }

  Result<std::optional<bool>> is_namespaced(const objects::GroupVersionKind& gvk,
                                            std::stop_token stop) override {
    SEALIFT_ASSIGN(auto resource, session_.resources.find(gvk, std::move(stop)));
    return resource.namespaced;
  }

  Result<TargetMemory> recall(std::stop_token stop) override {
    return inventory_->recall(std::move(stop));
  }

  Result<Observation> observe(const DesiredState* desired, std::stop_token) override {
    if (desired != nullptr) {
      SEALIFT_ASSIGN(auto places, inventory_->places());
      add_places(*desired, session_.own_namespace, places);
      follow(std::move(places));
    } else {
      session_.view.follow_again(session_.applyset_id);
    }
    SEALIFT_ASSIGN(auto snapshot, session_.view.members(session_.applyset_id));
    return Observation{live_objects(snapshot), std::move(snapshot.waiting_for),
                       inventory_->parent()};
  }

  Result<> preflight(const DesiredState& desired, const Plan& plan, AskedObjects& asked,
                     std::stop_token stop) override {
    if (delivery_.preflight) {
      return target::preflight(session_, desired, plan, asked, std::move(stop));
    }
    for (const auto& action : plan.applies) {
      const auto& wanted = desired.objects[action.index];
      asked.insert_or_assign(wanted.object.id(), wanted.content_hash);
    }
    return check_owners(session_, desired, plan, std::move(stop));
  }

  Result<> begin(const DesiredState& desired, const Plan&, const Acceptance& acceptance,
                 std::stop_token stop) override {
    SEALIFT_ASSIGN(auto places, inventory_->places());
    add_places(desired, session_.own_namespace, places);
    return inventory_->extend(places, acceptance, std::move(stop));
  }

  bool is_intact() const override { return inventory_->is_intact(); }

  Result<> renew(const DesiredState& desired, const Plan& plan, const Acceptance& acceptance,
                 std::stop_token stop) override {
    return begin(desired, plan, acceptance, std::move(stop));
  }

  Result<ApplyProgress> apply(const DesiredState& desired, const Plan& plan,
                              const AskedObjects& asked, DeliveryState& state,
                              StateStore::Journal& journal, std::stop_token stop) override {
    const Writing writing(session_);
    auto progress = apply_stages(session_, desired, plan, asked, state, journal, std::move(stop));
    // Kinds that this very apply has defined are served by now.
    if (progress) session_.view.follow_again(session_.applyset_id);
    return progress;
  }

  Result<members::MemberHealth> health(const std::vector<objects::ObjectId>& wanted) override {
    SEALIFT_ASSIGN(const auto snapshot, session_.view.members(session_.applyset_id));
    members::HealthCounter counter;
    for (const auto& id : wanted) counter.add(id, health_in(snapshot, id));
    return counter.take();
  }

  // One after the other: what was applied first may still serve what is deleted before it.
  Result<PruneProgress> prune(const DesiredState& desired, const Plan& plan, DeliveryState& state,
                              StateStore::Journal& journal, std::stop_token stop) override {
    PruneProgress progress;
    if (plan.prunes.empty() && plan.cleanups.empty()) return progress;
    const Writing writing(session_);
    SEALIFT_ASSIGN(auto snapshot, session_.view.members(session_.applyset_id));
    progress.waiting_for = std::move(snapshot.waiting_for);
    if (!progress.waiting_for.empty()) return progress;
    MemberRemoval members(session_, live_objects(snapshot));
    SEALIFT_TRY(clean_up(plan.cleanups, members, stop));
    auto now = prunes_now(desired, members.live());
    for (const auto& action : plan.prunes) {
      bool gone = false;
      while (!gone && now.contains(action)) {
        SEALIFT_ASSIGN_CONTEXT(gone, members.erase(action.id, stop),
                               "pruning " + action.id.to_string());
        if (!gone) now = prunes_now(desired, members.live());
      }
      if (!gone) {
        log_.info("not to be pruned any more, so it is left alone",
                  {{"object", action.id.to_string()}});
        if (members.live().contains(action.id)) left_.push_back(action.id);
        continue;
      }
      SEALIFT_TRY(journal.forget(action.id));
      state.objects.erase(action.id);
      ++progress.pruned;
      log_.info("pruned", {{"object", action.id.to_string()}});
    }
    return progress;
  }

  Result<> finish(const DesiredState& desired, const Plan& plan, std::stop_token stop) override {
    // Without prune, members that are no longer wanted stay members.
    if (!delivery_.prune) return {};
    MemberPlaces places;
    add_places(desired, session_.own_namespace, places);
    for (const auto& id : plan.kept) add_place(id, session_.own_namespace, places);
    for (const auto& id : plan.disowned) add_place(id, session_.own_namespace, places);
    for (const auto& id : desired.ignored) add_place(id, session_.own_namespace, places);
    for (const auto& spared : plan.spared) add_place(spared.id, session_.own_namespace, places);
    for (const auto& id : std::exchange(left_, {})) {
      add_place(id, session_.own_namespace, places);
    }
    SEALIFT_TRY(inventory_->shrink(places, std::move(stop)));
    follow(std::move(places));
    return {};
  }

  Result<std::string> release(delivery::DeletionPolicy policy, DeliveryState& state,
                              Released& released, std::stop_token stop) override {
    SEALIFT_ASSIGN(auto places, inventory_->places());
    // The inventory may be gone, or come from a backup that is older than they are.
    for (const auto& [id, remembered] : state.objects) {
      add_place(id, session_.own_namespace, places);
    }
    follow(std::move(places));
    SEALIFT_ASSIGN(auto snapshot, session_.view.members(session_.applyset_id));
    if (!snapshot.waiting_for.empty()) return snapshot.waiting_for;
    const bool deletes = policy == delivery::DeletionPolicy::kDelete;
    MemberRemoval members(session_, live_objects(snapshot));
    for (bool unchanged = false; !unchanged;) {
      SEALIFT_ASSIGN(unchanged, release_members(members, deletes, state, released, stop));
    }
    SEALIFT_TRY(inventory_->remove(std::move(stop)));
    return std::string();
  }

 private:
  // What may be pruned by what is known now: of people's time since the plan, and of our own.
  std::set<PruneAction> prunes_now(const DesiredState& desired, const LiveObjects& live) const {
    Plan now;
    plan_prunes(wanted_in(desired), inventory_->parent(), live, now);
    return {std::make_move_iterator(now.prunes.begin()), std::make_move_iterator(now.prunes.end())};
  }

  // False where one of them is another one than it was: the order of all may be another one then.
  Result<bool> release_members(MemberRemoval& members, bool deletes, DeliveryState& state,
                               Released& released, const std::stop_token& stop) {
    std::map<objects::ObjectId, std::string> spared;
    if (deletes) {
      for (auto& [id, reason] : plan_removal(members.live()).spared) {
        spared.emplace(std::move(id), std::move(reason));
      }
    }
    std::vector<objects::ObjectId> ids;
    for (const auto& [id, member] : members.live()) ids.push_back(id);
    // Once what is kept has lost its mark, nothing speaks for what it needs any more, and this may
    // be cut off anywhere: that goes first.
    std::sort(ids.begin(), ids.end(), [&](const auto& a, const auto& b) {
      const bool is_spared = spared.contains(a);
      if (is_spared != spared.contains(b)) return is_spared;
      return objects::applied_before(b, a);
    });
    for (const auto& id : ids) {
      const auto needed = spared.find(id);
      if (needed != spared.end()) {
        log_.warning("not deleted, and let go",
                     {{"object", id.to_string()}, {"reason", needed->second}});
      }
      const bool may_go = deletes && needed == spared.end();
      SEALIFT_ASSIGN(const bool done, release_member(members, id, may_go, released, stop));
      if (!done) return false;
      state.objects.erase(id);
    }
    return true;
  }

  // Deletes what may go and is ours; lets go of the rest. False as in MemberRemoval.
  Result<bool> release_member(MemberRemoval& members, const objects::ObjectId& id, bool may_go,
                              Released& released, const std::stop_token& stop) {
    const auto& member = members.live().at(id);
    const bool goes = may_go && !member.keep && !member.own_fields_hash.empty();
    SEALIFT_ASSIGN_CONTEXT(const bool done,
                           goes ? members.erase(id, stop) : members.let_go(id, stop),
                           (goes ? "deleting " : "letting go of ") + id.to_string());
    if (!done) return false;
    ++(goes ? released.deleted : released.let_go);
    log_.info(goes ? "deleted" : "let go", {{"object", id.to_string()}});
    return true;
  }

  void follow(MemberPlaces places) {
    places.name_spaces.insert(session_.own_namespace);
    session_.view.follow({session_.applyset_id, delivery_.name_space,
                          delivery_.service_account_name, std::move(places.kinds),
                          std::move(places.name_spaces), delivery_.health_checks});
  }

  Result<> clean_up(const std::vector<PruneAction>& hooks, MemberRemoval& members,
                    const std::stop_token& stop) {
    const auto is_there = [&](const PruneAction& hook) {
      const auto found = members.live().find(hook.id);
      return found != members.live().end() && found->second.uid == hook.uid;
    };
    for (const auto& hook : hooks) {
      bool gone = false;
      while (!gone && is_there(hook)) {
        SEALIFT_ASSIGN_CONTEXT(gone, members.erase(hook.id, stop),
                               "removing the hook " + hook.id.to_string());
      }
      if (gone) log_.info("removed, since it has succeeded", {{"object", hook.id.to_string()}});
    }
    return {};
  }

  const delivery::Delivery& delivery_;
  std::shared_ptr<void> owner_;
  std::function<bool(bool)> is_current_;
  std::function<Result<std::string>()> reach_;
  Logger log_;
  std::unique_ptr<Inventory> inventory_;
  ClusterSession session_;
  std::vector<objects::ObjectId> left_;  // was to be pruned in this run and was not
};

}  // namespace

objects::Object as_member(const ClusterSession& session, const objects::Object& object) {
  auto member = object;
  member.set_label(kube::kPartOfLabel, session.applyset_id);
  return member;
}

LiveObject live_object(const kube::ObservedObject& observed, bool completed) {
  return {observed.uid,      observed.own_fields_hash,
          observed.deleting, observed.keep,
          completed,         kube::version_number(observed.resource_version).value_or(0)};
}

std::unique_ptr<Target> make_cluster_target(const delivery::Delivery& delivery,
                                            const TargetCluster& cluster,
                                            std::unique_ptr<Inventory> inventory, Clock& clock,
                                            Logger log) {
  return std::make_unique<ClusterTarget>(delivery, cluster, std::move(inventory), clock,
                                         std::move(log));
}

}  // namespace sealift::target
