#include "flat_cluster.h"

namespace sealift::puller::test {
namespace {

class FlatTarget : public target::Target {
 public:
  FlatTarget(FlatCluster& cluster, const delivery::Delivery& delivery)
      : cluster_(cluster), repository_(delivery.artifact.repository.name()) {
    cluster_.recalled = false;
  }

  std::string applyset_id() const override { return "set"; }
  Result<std::optional<bool>> is_namespaced(const objects::GroupVersionKind&,
                                            std::stop_token) override {
    return std::nullopt;
  }
  Result<target::TargetMemory> recall(std::stop_token) override {
    cluster_.recalled = true;
    return cluster_.memory;
  }
  Result<target::Observation> observe(const target::DesiredState*, std::stop_token) override {
    cluster_.looked_unprepared = cluster_.looked_unprepared || !cluster_.recalled;
    target::Observation seen;
    for (const auto& [id, content] : cluster_.contents) {
      seen.objects[id] = {id.name, cluster_.fields, false, false, false, cluster_.versions[id]};
    }
    return seen;
  }
  Result<> preflight(const target::DesiredState&, const target::Plan&, target::AskedObjects&,
                     std::stop_token) override {
    return {};
  }
  Result<> begin(const target::DesiredState&, const target::Plan&,
                 const target::Acceptance& acceptance, std::stop_token) override {
    if (cluster_.refuses_begin) return fail(ErrorCode::kUnavailable, "as the test says");
    cluster_.intact = true;
    cluster_.memory = {acceptance.digest, acceptance.sequence, repository_, acceptance.newest,
                       acceptance.writer};
    return {};
  }
  bool is_intact() const override { return cluster_.intact; }
  Result<> renew(const target::DesiredState& desired, const target::Plan& plan,
                 const target::Acceptance& acceptance, std::stop_token stop) override {
    return begin(desired, plan, acceptance, std::move(stop));
  }
  Result<target::ApplyProgress> apply(const target::DesiredState& desired, const target::Plan& plan,
                                      const target::AskedObjects&, target::DeliveryState& state,
                                      target::StateStore::Journal& journal,
                                      std::stop_token) override {
    if (!plan.applies.empty()) cluster_.applied.push_back(desired.digest);
    for (const auto& action : plan.applies) {
      const auto& wanted = desired.objects[action.index];
      const auto id = wanted.object.id();
      cluster_.contents[id] = wanted.content_hash;
      auto& version = cluster_.versions[id];
      version = ++cluster_.revision;
      const target::RememberedObject remembered{wanted.content_hash, id.name, "fields", false,
                                                version};
      SEALIFT_TRY(journal.remember(id, remembered));
      state.objects[id] = remembered;
    }
    return target::ApplyProgress();
  }
  Result<members::MemberHealth> health(const std::vector<objects::ObjectId>& wanted) override {
    members::HealthCounter counter;
    for (const auto& id : wanted) {
      if (!cluster_.contents.contains(id)) {
        counter.add(id, {objects::Health::kNotFound, "nobody has it"});
        continue;
      }
      const auto fixed = cluster_.healthy ? objects::Health::kCurrent : objects::Health::kFailed;
      counter.add(id, {cluster_.judge ? cluster_.judge() : fixed, "as the test says"});
    }
    return counter.take();
  }
  Result<target::PruneProgress> prune(const target::DesiredState&, const target::Plan&,
                                      target::DeliveryState&, target::StateStore::Journal&,
                                      std::stop_token) override {
    return target::PruneProgress();
  }
  Result<> finish(const target::DesiredState&, const target::Plan&, std::stop_token) override {
    return {};
  }
  Result<std::string> release(delivery::DeletionPolicy, target::DeliveryState&,
                              target::Released& released, std::stop_token) override {
    if (cluster_.contents.empty()) return std::string();
    cluster_.contents.erase(cluster_.contents.begin());
    ++released.deleted;
    if (std::exchange(cluster_.fails_to_release, false)) {
      return fail(ErrorCode::kUnavailable, "the cluster went away");
    }
    released.let_go += std::exchange(cluster_.contents, {}).size();
    return std::string();
  }

 private:
  FlatCluster& cluster_;
  std::string repository_;
};

}  // namespace

RunEnvironment FlatCluster::into(RunEnvironment environment) {
  environment.open_target = [this](const delivery::Delivery& delivery, const Logger&) {
    return Result<std::unique_ptr<target::Target>>(std::make_unique<FlatTarget>(*this, delivery));
  };
  return environment;
}

RunOutcome FlatCluster::run(DeliveryWorld& world) {
  if (!world.start()) return RunOutcome{};
  return world.run_in(into(world.environment()));
}

}  // namespace sealift::puller::test
