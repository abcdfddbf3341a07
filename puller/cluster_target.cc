#include <sealift/base/worker_pool.h>
#include <sealift/kube/apply.h>
#include <sealift/puller/cluster_target.h>

#include "cluster_apply.h"
#include "cluster_inventory.h"
#include "cluster_preflight.h"
#include "cluster_session.h"
#include "health_wait.h"

namespace sealift::puller {
namespace {

kube::ApiClient objects_client(const Delivery& delivery, const kube::ApiClient& client) {
  if (delivery.service_account_name.empty()) return client;
  return client.as_service_account(delivery.name_space, delivery.service_account_name);
}

class ClusterTarget : public Target {
 public:
  ClusterTarget(const Delivery& delivery, const kube::ApiClient& client,
                kube::ResourceMap& resources, Clock& clock, Logger log)
      : log_(std::move(log)),
        inventory_(delivery, client),
        session_{inventory_.id(),
                 delivery.name_space,
                 objects_client(delivery, client),
                 resources,
                 clock,
                 log_} {}

  Result<std::optional<bool>> is_namespaced(const objects::GroupVersionKind& gvk,
                                            std::stop_token stop) override {
    SEALIFT_ASSIGN(auto resource, session_.resources.find(gvk, std::move(stop)));
    return resource.namespaced;
  }

  Result<TargetMemory> recall(std::stop_token stop) override {
    return inventory_.recall(std::move(stop));
  }

  Result<LiveObjects> observe(const DesiredState&, std::stop_token stop) override {
    return inventory_.members(session_, std::move(stop));
  }

  Result<> preflight(const DesiredState& desired, const Plan& plan, std::stop_token stop) override {
    SEALIFT_ASSIGN(auto result, puller::preflight(session_, desired, plan, std::move(stop)));
    deferred_ = std::move(result.deferred);
    return {};
  }

  Result<> begin(const DesiredState& desired, const Plan&, const Acceptance& acceptance,
                 std::stop_token stop) override {
    return inventory_.extend(desired, acceptance, std::move(stop));
  }

  Result<> apply(const DesiredState& desired, const Plan& plan, DeliveryState& state,
                 StateStore::Journal& journal, std::stop_token stop) override {
    return apply_stages(session_, desired, plan, deferred_, state, journal, std::move(stop));
  }

  Result<> wait(const DesiredState& desired, const Plan& plan, std::stop_token stop) override {
    std::vector<const objects::Object*> all;
    for (std::size_t i = 0; i < desired.objects.size(); ++i) {
      if (!plan.left.contains(i)) all.push_back(&desired.objects[i].object);
    }
    return wait_until_healthy(session_, all, std::move(stop));
  }

  // One after the other: what was applied first may still serve what is deleted before it.
  Result<> prune(const Plan& plan, DeliveryState& state, StateStore::Journal& journal,
                 std::stop_token stop) override {
    for (const auto& action : plan.prunes) {
      SEALIFT_ASSIGN_CONTEXT(const auto pruned, prune_one(action, stop),
                             "pruning " + action.id.to_string());
      if (pruned == Pruned::kSpared) spared_.push_back(action.id);
      SEALIFT_TRY(journal.forget(action.id));
      state.objects.erase(action.id);
      log_.info(to_text(pruned), {{"object", action.id.to_string()}});
    }
    return {};
  }

  Result<> finish(const DesiredState& desired, const Plan& plan, std::stop_token stop) override {
    return inventory_.shrink(desired, plan, spared_, std::move(stop));
  }

 private:
  enum class Pruned { kDeleted, kGone, kSpared };
  static std::string_view to_text(Pruned pruned) {
    switch (pruned) {
      case Pruned::kDeleted:
        return "pruned";
      case Pruned::kGone:
        return "to be pruned, and already gone or no longer a member";
      case Pruned::kSpared:
        break;
    }
    return "told meanwhile to stay, or taken from us, so it is left alone";
  }

  // Looks again first: the plan was made before the wait, and people use that time.
  Result<Pruned> prune_one(const PruneAction& action, std::stop_token stop) {
    const auto& id = action.id;
    auto resource = session_.resources.find_preferred(id.group, id.kind, stop);
    if (!resource) {
      if (resource.error().code() == ErrorCode::kNotFound) return Pruned::kGone;
      return fail(std::move(resource).error());
    }
    SEALIFT_ASSIGN(const auto now, kube::read_member(session_.objects, *resource, id.name_space,
                                                     id.name, session_.applyset_id, stop));
    if (!now || now->uid != action.uid || now->deleting) return Pruned::kGone;
    if (now->keep || now->own_fields_hash.empty()) return Pruned::kSpared;
    SEALIFT_TRY(kube::delete_object(session_.objects, *resource, id.name_space, id.name, action.uid,
                                    std::move(stop)));
    return Pruned::kDeleted;
  }

  Logger log_;
  ClusterInventory inventory_;
  ClusterSession session_;
  std::set<std::size_t> deferred_;
  std::vector<objects::ObjectId> spared_;
};

}  // namespace

objects::Object as_member(const ClusterSession& session, const objects::Object& object) {
  auto member = object;
  member.set_label(kube::kPartOfLabel, session.applyset_id);
  return member;
}

std::unique_ptr<Target> make_cluster_target(const Delivery& delivery, const kube::ApiClient& client,
                                            kube::ResourceMap& resources, Clock& clock,
                                            Logger log) {
  return std::make_unique<ClusterTarget>(delivery, client, resources, clock, std::move(log));
}

}  // namespace sealift::puller
