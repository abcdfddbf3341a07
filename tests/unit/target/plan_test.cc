#include <sealift/target/plan.h>

#include <gtest/gtest.h>

#include <random>
#include <tuple>

#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/delivery/sample_delivery.h"
#include "unit/target/sample_objects.h"

namespace sealift::target {
namespace {

using delivery::test::make_delivery;
using sealift::test::config_map;
using sealift::test::fails_with;
using sealift::test::object_of;
using test::desired_of;
using testing::ElementsAre;
using testing::IsEmpty;
using Why = ApplyAction::Why;

objects::ObjectId config_map_id(const std::string& name) { return {"", "ConfigMap", "shop", name}; }

// One wanted object "a", and what is there and remembered of it.
class PlanOfOne : public testing::Test {
 protected:
  PlanOfOne() : desired_(desired_of({config_map("a")}).value()) {}

  void live(const std::string& uid = "uid-1", const std::string& fields = "fields-1") {
    live_[config_map_id("a")] = {uid, fields, false, false};
  }
  void remembered(const std::string& hash) {
    state_.objects[config_map_id("a")] = {hash, "uid-1", "fields-1"};
  }
  const std::string& wanted_hash() const { return desired_.objects[0].content_hash; }

  void expect_apply(Why why) {
    ASSERT_OK_ASSIGN(const auto plan, make_plan(delivery_, desired_, live_, state_));
    ASSERT_EQ(plan.applies.size(), 1u);
    EXPECT_EQ(plan.applies[0].index, 0u);
    EXPECT_EQ(to_string(plan.applies[0].why), to_string(why));
    EXPECT_EQ(plan.unchanged, 0u);
    EXPECT_FALSE(plan.empty());
    EXPECT_THAT(plan.drifted, IsEmpty());
  }
  void expect_unchanged() {
    ASSERT_OK_ASSIGN(const auto plan, make_plan(delivery_, desired_, live_, state_));
    EXPECT_TRUE(plan.empty());
    EXPECT_EQ(plan.unchanged, 1u);
    EXPECT_THAT(plan.drifted, IsEmpty());
  }
  void expect_drift_left() {
    ASSERT_OK_ASSIGN(const auto plan, make_plan(delivery_, desired_, live_, state_));
    EXPECT_TRUE(plan.empty());
    EXPECT_EQ(plan.unchanged, 0u);
    EXPECT_THAT(plan.drifted, ElementsAre(0u));
  }

  delivery::Delivery delivery_ = make_delivery();
  DesiredState desired_;
  LiveObjects live_;
  DeliveryState state_;
};

TEST_F(PlanOfOne, CreatesWhatIsMissing) { expect_apply(Why::kCreate); }

TEST_F(PlanOfOne, CreatesWhatIsMissingEvenWhereDriftIsIgnored) {
  desired_.objects[0].drift = delivery::DriftMode::kIgnore;
  expect_apply(Why::kCreate);
}

TEST_F(PlanOfOne, LeavesWhatIsAsItWasSent) {
  live();
  remembered(wanted_hash());
  expect_unchanged();
}

TEST_F(PlanOfOne, UpdatesWhatTheArtifactChanged) {
  live();
  remembered("older");
  expect_apply(Why::kUpdate);
}

TEST_F(PlanOfOne, SendsWhatWasForgotten) {
  live();
  expect_apply(Why::kUnknown);
}

TEST_F(PlanOfOne, GivesBackWhatAnotherTook) {
  live("uid-1", "fields-2");
  remembered(wanted_hash());
  expect_apply(Why::kDrift);
}

TEST_F(PlanOfOne, TakesAnotherUidForAnotherObject) {
  live("uid-2", "fields-1");
  remembered(wanted_hash());
  expect_apply(Why::kDrift);
}

TEST_F(PlanOfOne, TakesADeletionForDrift) {
  remembered(wanted_hash());
  expect_apply(Why::kDrift);
}

TEST_F(PlanOfOne, CreatesWhatWasDeletedAndChanged) {
  remembered("older");
  expect_apply(Why::kCreate);
}

TEST_F(PlanOfOne, LeavesDriftWhereTheDeliverySaysSo) {
  remembered(wanted_hash());
  for (const bool deleted : {true, false}) {
    SCOPED_TRACE(deleted);
    live_.clear();
    if (!deleted) live("uid-1", "fields-2");
    desired_.objects[0].drift = delivery::DriftMode::kDetect;
    expect_drift_left();
    desired_.objects[0].drift = delivery::DriftMode::kIgnore;
    expect_unchanged();
  }
}

TEST_F(PlanOfOne, UpdatesWhereDriftIsLeft) {
  live("uid-1", "fields-2");
  remembered("older");
  for (const auto drift : {delivery::DriftMode::kDetect, delivery::DriftMode::kIgnore}) {
    desired_.objects[0].drift = drift;
    expect_apply(Why::kUpdate);
  }
}

// A cluster that came back from a backup has the same fields with the values of then.
TEST_F(PlanOfOne, BelievesNothingOlderThanWhatItSent) {
  live();
  remembered(wanted_hash());
  auto& sent = state_.objects[config_map_id("a")].version;
  auto& seen = live_[config_map_id("a")].version;
  for (const auto& [then, now, is_older] :
       {std::tuple(7u, 6u, true), std::tuple(10u, 9u, true), std::tuple(7u, 7u, false),
        std::tuple(7u, 8u, false), std::tuple(0u, 8u, false), std::tuple(7u, 0u, false)}) {
    SCOPED_TRACE(std::to_string(then) + ", " + std::to_string(now));
    sent = then;
    seen = now;
    is_older ? expect_apply(Why::kUnknown) : expect_unchanged();
  }
  // Nobody has changed what differs then.
  sent = 7;
  live("uid-1", "fields-2");
  seen = 6;
  desired_.objects[0].drift = delivery::DriftMode::kDetect;
  expect_apply(Why::kUnknown);
}

class PlanPrunes : public testing::Test {
 protected:
  PlanPrunes() : desired_(desired_of({config_map("wanted")}).value()) {
    live_[config_map_id("wanted")] = {"uid", "fields", false, false};
    state_.objects[config_map_id("wanted")] = {desired_.objects[0].content_hash, "uid", "fields"};
  }
  void stale(const objects::ObjectId& id, const LiveObject& object) { live_[id] = object; }

  delivery::Delivery delivery_ = make_delivery();
  DesiredState desired_;
  LiveObjects live_;
  DeliveryState state_;
};

TEST_F(PlanPrunes, PrunesWhatIsNoLongerWanted) {
  stale(config_map_id("old"), {"uid-2", "fields", false, false});
  ASSERT_OK_ASSIGN(const auto plan, make_plan(delivery_, desired_, live_, state_));
  ASSERT_EQ(plan.prunes.size(), 1u);
  EXPECT_EQ(plan.prunes[0].id, config_map_id("old"));
  EXPECT_EQ(plan.prunes[0].uid, "uid-2");
  EXPECT_EQ(plan.unchanged, 1u);
}

TEST_F(PlanPrunes, LeavesWhatIsKeptDisownedOrOnItsWayOut) {
  stale(config_map_id("deleting"), {"u", "fields", true, false});
  stale(config_map_id("disowned"), {"u", "", false, false});
  stale(config_map_id("kept"), {"u", "fields", false, true});
  stale(config_map_id("kept-and-disowned"), {"u", "", false, true});
  ASSERT_OK_ASSIGN(const auto plan, make_plan(delivery_, desired_, live_, state_));
  EXPECT_TRUE(plan.empty());
  EXPECT_THAT(plan.kept, ElementsAre(config_map_id("kept"), config_map_id("kept-and-disowned")));
  EXPECT_THAT(plan.disowned, ElementsAre(config_map_id("disowned")));
}

TEST_F(PlanPrunes, GoesBackwards) {
  const objects::ObjectId definition{"apiextensions.k8s.io", "CustomResourceDefinition", "", "x"};
  const objects::ObjectId name_space{"", "Namespace", "", "old"};
  const objects::ObjectId config = config_map_id("old");
  const objects::ObjectId deployment{"apps", "Deployment", "shop", "old"};
  const objects::ObjectId webhook{"admissionregistration.k8s.io", "ValidatingWebhookConfiguration",
                                  "", "x"};
  for (const auto& id : {config, definition, webhook, deployment, name_space}) {
    stale(id, {"u", "fields", false, false});
  }
  ASSERT_OK_ASSIGN(const auto plan, make_plan(delivery_, desired_, live_, state_));
  std::vector<objects::ObjectId> order;
  for (const auto& prune : plan.prunes) order.push_back(prune.id);
  EXPECT_THAT(order, ElementsAre(webhook, deployment, config, name_space, definition));
}

TEST_F(PlanPrunes, KeepsTheLimit) {
  stale(config_map_id("old-1"), {"u", "fields", false, false});
  stale(config_map_id("old-2"), {"u", "fields", false, false});
  delivery_.prune_limit = 2;
  EXPECT_OK(make_plan(delivery_, desired_, live_, state_));
  delivery_.prune_limit = 1;
  EXPECT_THAT(make_plan(delivery_, desired_, live_, state_),
              fails_with(ErrorCode::kForbidden,
                         "would delete 2 objects, the first of them ConfigMap shop/old-2, and "
                         "pruneLimit allows 1; nothing was changed. Raise spec.pruneLimit"));
  delivery_.prune_limit = 0;
  EXPECT_THAT(make_plan(delivery_, desired_, live_, state_), fails_with(ErrorCode::kForbidden));
  live_.erase(config_map_id("old-1"));
  live_.erase(config_map_id("old-2"));
  EXPECT_OK(make_plan(delivery_, desired_, live_, state_));
}

TEST_F(PlanPrunes, DoesNotPruneWhereTheDeliverySaysSo) {
  stale(config_map_id("old"), {"u", "fields", false, false});
  delivery_.prune = false;
  delivery_.prune_limit = 0;
  ASSERT_OK_ASSIGN(const auto plan, make_plan(delivery_, desired_, live_, state_));
  EXPECT_TRUE(plan.empty());
}

TEST(Plan, NeverDeletesEverythingForAnEmptyArtifact) {
  const DesiredState nothing{Digest::of("x"), {}};
  const LiveObjects live{{config_map_id("a"), {"u", "f", false, false}}};
  EXPECT_THAT(make_plan(make_delivery(), nothing, live, {}), fails_with(ErrorCode::kForbidden));
}

TEST(Plan, AppliesInTheOrderOfTheDesiredState) {
  ASSERT_OK_ASSIGN(const auto desired,
                   desired_of({config_map("a"), object_of("v1", "Namespace", "n"),
                               object_of("apps/v1", "Deployment", "d")}));
  ASSERT_OK_ASSIGN(const auto plan, make_plan(make_delivery(), desired, {}, {}));
  ASSERT_EQ(plan.applies.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(plan.applies[i].index, i);
}

// Random worlds: any mixture of wanted, live and remembered objects.
class RandomWorld {
 public:
  explicit RandomWorld(unsigned seed) : random_(seed) {
    std::vector<std::string> texts{config_map("always")};
    for (int i = 0; i < 12; ++i) {
      const auto name = "o" + std::to_string(i);
      if (chance(2)) texts.push_back(config_map(name, std::to_string(pick(2))));
    }
    desired = desired_of(texts).value();
    for (int i = 0; i < 12; ++i) {
      const auto id = config_map_id("o" + std::to_string(i));
      if (chance(2)) {
        live[id] = {"u" + std::to_string(pick(2)),
                    pick(3) == 0 ? "" : "f" + std::to_string(pick(2)), chance(8), chance(6)};
      }
      if (chance(2)) {
        remembered.objects[id] = {hash_for(id), "u" + std::to_string(pick(2)),
                                  "f" + std::to_string(pick(2))};
      }
    }
  }

  // As a cluster does it.
  void carry_out(const Plan& plan) {
    for (const auto& action : plan.applies) {
      const auto& wanted = desired.objects[action.index];
      const auto id = wanted.object.id();
      auto& object = live[id];
      if (object.uid.empty()) object.uid = "new";
      object.own_fields_hash = "sent";
      object.deleting = false;
      remembered.objects[id] = {wanted.content_hash, object.uid, "sent"};
    }
    for (const auto& action : plan.prunes) {
      live.erase(action.id);
      remembered.objects.erase(action.id);
    }
  }

  DesiredState desired{Digest::of(""), {}};
  LiveObjects live;
  DeliveryState remembered;

 private:
  bool chance(unsigned one_in) { return pick(one_in) == 0; }
  unsigned pick(unsigned below) { return static_cast<unsigned>(random_()) % below; }
  std::string hash_for(const objects::ObjectId& id) {
    if (chance(3)) return "older";
    for (const auto& wanted : desired.objects) {
      if (wanted.object.id() == id) return wanted.content_hash;
    }
    return "gone";
  }
  std::mt19937 random_;
};

TEST(PlanProperties, HoldInRandomWorlds) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomWorld world(seed);
    std::map<objects::ObjectId, std::string> wanted;
    for (const auto& object : world.desired.objects) {
      wanted.emplace(object.object.id(), object.content_hash);
    }
    ASSERT_OK_ASSIGN(const auto plan,
                     make_plan(make_delivery(), world.desired, world.live, world.remembered));
    EXPECT_EQ(plan.applies.size() + plan.unchanged, wanted.size());
    for (const auto& prune : plan.prunes) {
      EXPECT_FALSE(wanted.contains(prune.id)) << prune.id.to_string();
      EXPECT_FALSE(world.live.at(prune.id).keep);
    }
    for (const auto& action : plan.applies) {
      const auto id = world.desired.objects.at(action.index).object.id();
      const auto live = world.live.find(id);
      const auto known = world.remembered.objects.find(id);
      const bool as_sent = live != world.live.end() && known != world.remembered.objects.end() &&
                           known->second.content_hash == wanted.at(id) &&
                           known->second.uid == live->second.uid &&
                           known->second.own_fields_hash == live->second.own_fields_hash;
      EXPECT_FALSE(as_sent) << id.to_string();
    }
    world.carry_out(plan);
    ASSERT_OK_ASSIGN(const auto again,
                     make_plan(make_delivery(), world.desired, world.live, world.remembered));
    EXPECT_TRUE(again.empty());
    EXPECT_EQ(again.unchanged, wanted.size());
    for (const auto& [id, hash] : wanted) EXPECT_TRUE(world.live.contains(id)) << id.to_string();
  }
}

}  // namespace
}  // namespace sealift::target
