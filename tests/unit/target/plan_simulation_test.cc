#include <sealift/target/plan.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/delivery/sample_delivery.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using delivery::test::make_delivery;
using sealift::test::config_map;
using sealift::test::object_of;
using Replace = ApplyAction::Replace;

// A cluster and a puller's memory. Jobs run, are done and go; the puller is cut off between any two
// writes, and loses its memory where nothing is under way.
class World {
 public:
  explicit World(unsigned seed) : random_(seed) {}

  DesiredState next_artifact() {
    // What is gone and forgotten may run again for another artifact.
    if (was_lost_)
      std::erase_if(templates_, [&](const auto& job) { return !live_.contains(job.first); });
    was_lost_ = false;
    std::vector<std::string> texts{config_map("always", std::to_string(pick(3)))};
    for (const auto* name : {"a", "b"}) {
      if (chance(2)) texts.push_back(config_map(name));
      if (chance(2)) texts.push_back(job(std::string("job-") + name, "a: b"));
      if (chance(2)) texts.push_back(job(std::string("hook-") + name, "sealift.dev/hook: 'true'"));
    }
    std::vector<objects::Object> parsed;
    for (const auto& text : texts) {
      parsed.push_back(objects::parse_objects(text, "f.yaml").value().front());
    }
    const auto digest = Digest::of("artifact " + std::to_string(++artifacts_));
    return desired_state_of(make_delivery(), digest, parsed, {}, test::unknown_scope).value();
  }

  // One step of a run; true when nothing is left to do.
  bool step(const DesiredState& desired) {
    const auto plan = make_plan(make_delivery(), desired, live_, state_).value();
    remember_jobs(desired, plan, live_, state_);
    if (plan.empty() && state_.healthy && state_.applied_digest == desired.digest) return true;
    state_.healthy = false;
    state_.applied_digest = desired.digest;
    for (const auto& action : plan.applies) {
      if (!write(desired.objects[action.index], action)) return false;
    }
    for (std::size_t i = 0; i < desired.objects.size(); ++i) {
      if (plan.left.contains(i)) continue;
      const auto& found = live_[desired.objects[i].object.id()];
      if (is_job(desired.objects[i]) && !found.completed) return false;
    }
    for (const auto& cleanup : plan.cleanups) {
      state_.objects[cleanup.id].completed = true;
      if (chance(8)) return false;
      live_.erase(cleanup.id);
    }
    for (const auto& prune : plan.prunes) {
      live_.erase(prune.id);
      templates_.erase(prune.id);
      state_.objects.erase(prune.id);
    }
    state_.healthy = true;
    state_.knows_jobs = true;
    state_.last_healthy_digest = desired.digest;
    return false;
  }

  void time_passes(const DesiredState& desired) {
    for (auto& [id, object] : live_) {
      if (id.kind == "Job" && chance(2)) object.completed = true;
    }
    for (const auto& wanted : desired.objects) {
      const auto id = wanted.object.id();
      const auto known = state_.objects.find(id);
      // A run that was cut off while it sent the Job goes on before the Job's time to live ends.
      const bool is_done = known != state_.objects.end() && known->second.completed &&
                           !known->second.content_hash.empty();
      if (is_job(wanted) && !wanted.hook && is_done && chance(4)) live_.erase(id);
    }
    if (state_.healthy && chance(8)) {
      DeliveryState lost;
      lost.last_healthy_digest = state_.last_healthy_digest;
      state_ = std::move(lost);
      was_lost_ = true;
    }
  }

  static bool is_job(const DesiredObject& wanted) { return wanted.object.gvk().kind == "Job"; }
  static std::string template_of(const DesiredObject& wanted) {
    return wanted.object.id().to_string() +
           wanted.content_hash.substr(wanted.content_hash.find('/') + 1);
  }

  LiveObjects live_;
  // How often a Job of one name and template was begun without another one between.
  std::map<std::string, int> begun_;

 private:
  bool write(const DesiredObject& wanted, const ApplyAction& action) {
    const auto id = wanted.object.id();
    if (const auto known = state_.objects.find(id); known != state_.objects.end()) {
      known->second.content_hash.clear();
    }
    if (chance(8)) return false;
    const bool other = live_.contains(id) && templates_[id] != template_of(wanted);
    if (is_job(wanted) && other) {
      // The API server would refuse anything else.
      EXPECT_NE(action.replace, Replace::kNever);
      live_.erase(id);
    } else if (action.replace == Replace::kAlways) {
      ADD_FAILURE() << id.to_string() << " was replaced for nothing";
    }
    if (!live_.contains(id)) {
      live_[id] = {"uid-" + std::to_string(++uids_), "fields"};
      if (is_job(wanted)) {
        if (templates_[id] != template_of(wanted)) begun_[template_of(wanted)] = 0;
        ++begun_[template_of(wanted)];
      }
      templates_[id] = template_of(wanted);
    }
    if (chance(8)) return false;
    state_.objects[id] = {wanted.content_hash, live_[id].uid, "fields"};
    return true;
  }

  std::string job(const std::string& name, const std::string& annotations) {
    return object_of("batch/v1", "Job", name,
                     ", annotations: {" + annotations + "}, labels: {l: l" +
                         std::to_string(pick(2)) + "}") +
           "spec: {template: {x: " + std::to_string(pick(2)) + "}}\n";
  }
  bool chance(unsigned one_in) { return pick(one_in) == 0; }
  unsigned pick(unsigned below) { return static_cast<unsigned>(random_()) % below; }

  std::mt19937 random_;
  DeliveryState state_;
  std::map<objects::ObjectId, std::string> templates_;
  bool was_lost_ = false;
  int artifacts_ = 0;
  int uids_ = 0;
};

TEST(PlanSimulation, EachJobRunsOnceAndEverythingSettles) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed);
    for (int artifact = 0; artifact < 4; ++artifact) {
      const auto desired = world.next_artifact();
      int steps = 0;
      for (int calm = 0; calm < 3 && steps < 200; ++steps) {
        calm = world.step(desired) ? calm + 1 : 0;
        world.time_passes(desired);
      }
      ASSERT_LT(steps, 200) << "it never settles";
      std::set<objects::ObjectId> wanted;
      for (const auto& object : desired.objects) {
        wanted.insert(object.object.id());
        if (!World::is_job(object)) {
          EXPECT_TRUE(world.live_.contains(object.object.id()));
        } else {
          EXPECT_EQ(world.begun_[World::template_of(object)], 1) << object.object.id().to_string();
          EXPECT_FALSE(object.hook && world.live_.contains(object.object.id()));
        }
      }
      for (const auto& [id, object] : world.live_) EXPECT_TRUE(wanted.contains(id));
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace sealift::target
