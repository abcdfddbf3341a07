#include "flat_cluster.h"

namespace sealift::puller::test {
namespace {

class FlatTarget : public Target {
 public:
  FlatTarget(FlatCluster& cluster, const Delivery& delivery)
      : cluster_(cluster), repository_(delivery.artifact.repository.name()) {
    cluster_.recalled = false;
  }

  std::string applyset_id() const override { return "set"; }
  Result<std::optional<bool>> is_namespaced(const objects::GroupVersionKind&,
                                            std::stop_token) override {
    return std::nullopt;
  }
  Result<TargetMemory> recall(std::stop_token) override {
    cluster_.recalled = true;
    return cluster_.memory;
  }
  Result<Observation> observe(const DesiredState*, std::stop_token) override {
    cluster_.looked_unprepared = cluster_.looked_unprepared || !cluster_.recalled;
    Observation seen;
    for (const auto& [id, content] : cluster_.contents) seen.objects[id] = {id.name, "fields"};
    return seen;
  }
  Result<> preflight(const DesiredState&, const Plan&, AskedObjects&, std::stop_token) override {
    return {};
  }
  Result<> begin(const DesiredState&, const Plan&, const Acceptance& acceptance,
                 std::stop_token) override {
    cluster_.memory = {acceptance.digest, acceptance.sequence, repository_};
    return {};
  }
  Result<ApplyProgress> apply(const DesiredState& desired, const Plan& plan, const AskedObjects&,
                              DeliveryState& state, StateStore::Journal& journal,
                              std::stop_token) override {
    if (!plan.applies.empty()) cluster_.applied.push_back(desired.digest);
    for (const auto& action : plan.applies) {
      const auto& wanted = desired.objects[action.index];
      const auto id = wanted.object.id();
      cluster_.contents[id] = wanted.content_hash;
      const RememberedObject remembered{wanted.content_hash, id.name, "fields"};
      SEALIFT_TRY(journal.remember(id, remembered));
      state.objects[id] = remembered;
    }
    return ApplyProgress();
  }
  Result<MemberHealth> health(const std::vector<objects::ObjectId>& wanted) override {
    HealthCounter counter;
    for (const auto& id : wanted) {
      counter.add(id, {cluster_.healthy ? objects::Health::kCurrent : objects::Health::kFailed,
                       "as the test says"});
    }
    return counter.take();
  }
  Result<> prune(const Plan&, DeliveryState&, StateStore::Journal&, std::stop_token) override {
    return {};
  }
  Result<> finish(const DesiredState&, const Plan&, std::stop_token) override { return {}; }
  Result<std::string> release(DeletionPolicy, DeliveryState&, std::stop_token) override {
    cluster_.contents.clear();
    return std::string();
  }

 private:
  FlatCluster& cluster_;
  std::string repository_;
};

}  // namespace

RunEnvironment FlatCluster::into(RunEnvironment environment) {
  environment.open_target = [this](const Delivery& delivery, const Logger&) {
    return Result<std::unique_ptr<Target>>(std::make_unique<FlatTarget>(*this, delivery));
  };
  return environment;
}

RunOutcome FlatCluster::run(DeliveryWorld& world) {
  if (!world.start()) return RunOutcome{};
  return world.run_in(into(world.environment()));
}

}  // namespace sealift::puller::test
