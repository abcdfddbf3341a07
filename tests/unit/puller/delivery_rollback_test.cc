#include <gtest/gtest.h>

#include "delivery_world.h"
#include "flat_cluster.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"

namespace sealift::puller {
namespace {

using sealift::test::config_map;
using test::DeliveryWorld;
using test::FlatCluster;
using testing::HasSubstr;
using Kind = RunOutcome::Kind;

// A first artifact that was healthy, and a second one that was accepted and is not.
class Rollback : public testing::Test {
 protected:
  void SetUp() override {
    first_ = world_.publish({{"a.yaml", config_map("a", "1")}}, 1);
    expect_kind(run(), Kind::kDelivered);
    second_ = world_.publish({{"a.yaml", config_map("a", "2")}}, 2);
    cluster_.healthy = false;
    expect_kind(run(), Kind::kFailed);
    cluster_.healthy = true;
  }
  void expect_kind(const RunOutcome& outcome, Kind kind) {
    EXPECT_EQ(to_string(outcome.kind), to_string(kind))
        << to_string(outcome.stage) << ": " << (outcome.error ? outcome.error->message() : "");
  }
  // The second one fails again, now with a way back.
  void go_back() {
    delivery().on_failure = delivery::FailureAction::kRollback;
    cluster_.healthy = false;
    expect_kind(run(), Kind::kFailed);
    cluster_.healthy = true;
    expect_kind(run(), Kind::kDelivered);
  }
  RunOutcome run() { return cluster_.run(world_); }
  delivery::Delivery& delivery() { return world_.configuration.deliveries[0]; }
  // Somebody changed it by hand: a run has to write it again.
  void lose_objects() { cluster_.contents.clear(); }

  DeliveryWorld world_;
  FlatCluster cluster_;
  Digest first_ = Digest::of("none yet");
  Digest second_ = first_;
};

TEST_F(Rollback, ThePinnedArtifactIsLeftAgainWhenThePinIsTakenAway) {
  delivery().rollback_to = first_;
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.applied.back(), first_);
  delivery().rollback_to.reset();
  const auto outcome = run();
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_EQ(outcome.digest, second_);
  EXPECT_EQ(cluster_.applied.back(), second_);
}

TEST_F(Rollback, DriftAfterAWayBackKeepsTheMarkOfTheNewest) {
  delivery().rollback_to = first_;
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.memory.sequence, 2);
  // The reference says the same by now: that is no way back any more.
  delivery().rollback_to.reset();
  delivery().artifact.select = {"", "", first_};
  lose_objects();
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.memory.sequence, 2);
}

TEST_F(Rollback, WithoutTheDiskTheNewestMayComeAgainAndNothingElse) {
  go_back();
  ASSERT_EQ(cluster_.applied.back(), first_);
  EXPECT_EQ(cluster_.memory.newest, second_);

  const auto forget = [&] { ASSERT_OK(world_.disk.remove("state/deliveries/shop_web.json")); };
  const auto before = cluster_.memory;
  forget();
  world_.publish({{"a.yaml", config_map("a", "another")}}, 2);
  expect_kind(run(), Kind::kRefused);
  EXPECT_EQ(cluster_.applied.back(), first_);
  // What was put back may stay, and does not become the newest by that.
  delivery().artifact.select = {"", "", first_};
  forget();
  lose_objects();
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.memory.sequence, 2);
  EXPECT_EQ(cluster_.memory.newest, second_);

  delivery().artifact.select = {"", "", second_};
  for (const bool has_disk : {true, false}) {
    cluster_.memory = before;
    if (!has_disk) forget();
    expect_kind(run(), Kind::kDelivered);
    EXPECT_EQ(cluster_.applied.back(), second_);
    EXPECT_EQ(cluster_.memory.sequence, 2);
    EXPECT_EQ(cluster_.memory.newest, std::nullopt);
  }
}

// The disk of a replica that stood by and put the first artifact back.
TEST_F(Rollback, WithoutTheDiskAFailureGoesBackAgain) {
  go_back();
  ASSERT_EQ(cluster_.applied.back(), first_);

  for (const bool is_told : {false, true}) {
    ASSERT_OK(world_.disk.remove("state/deliveries/shop_web.json"));
    if (is_told) cluster_.memory.failed = second_;
    cluster_.healthy = is_told;
    const auto count = cluster_.applied.size();
    if (!is_told) expect_kind(run(), Kind::kFailed);
    // What is known for having failed is not tried again.
    EXPECT_EQ(cluster_.applied.size() > count, !is_told);
    cluster_.healthy = true;
    expect_kind(run(), Kind::kDelivered);
    EXPECT_EQ(cluster_.applied.back(), first_);
  }
}

// The leader was killed while the second artifact was not healthy.
TEST_F(Rollback, AWayBackLastsWhileTheRegistryIsAway) {
  go_back();
  for (const bool away : {true, false}) {
    world_.set_registry_away(away);
    lose_objects();
    const auto outcome = run();
    expect_kind(outcome, Kind::kDelivered);
    EXPECT_EQ(outcome.registry_away.has_value(), away);
    EXPECT_EQ(outcome.digest, first_);
    EXPECT_EQ(outcome.rolled_back_from, second_);
    EXPECT_EQ(cluster_.applied.back(), first_);
  }
}

TEST_F(Rollback, AReplicaThatTakesOverKnowsTheWayBack) {
  delivery().on_failure = delivery::FailureAction::kRollback;
  for (const bool waits : {false, true}) {
    ASSERT_OK(world_.disk.remove("state/deliveries/shop_web.json"));
    delivery().wait = waits;
    cluster_.memory.healthy = first_;
    cluster_.healthy = false;
    expect_kind(run(), waits ? Kind::kFailed : Kind::kDelivered);
    expect_kind(run(), waits ? Kind::kFailed : Kind::kUnchanged);
    EXPECT_EQ(cluster_.applied.back(), waits ? first_ : second_);
  }
}

TEST_F(Rollback, AnArtifactThatWasNeverHealthyIsNoWayBack) {
  expect_kind(run(), Kind::kDelivered);  // the second is healthy by now
  delivery().rollback_to = first_;
  const auto outcome = run();
  expect_kind(outcome, Kind::kRefused);
  EXPECT_THAT(outcome.error->message(), HasSubstr("sequence"));
  EXPECT_EQ(cluster_.applied.back(), second_);
  world_.configuration.policies[0].rollback = signing::TrustPolicy::Rollback::kAllow;
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.applied.back(), first_);
}

// The first artifact is an older one; the second was accepted after it.
TEST_F(Rollback, AForgedMemoryOfTheTargetPutsNothingOlderInForce) {
  expect_kind(run(), Kind::kDelivered);
  ASSERT_EQ(cluster_.applied.back(), second_);
  target::TargetMemory forged{first_, cluster_.memory.sequence, cluster_.memory.repository};
  forged.may_be_forged = true;
  forged.writer = "whoever may edit it";
  for (const bool raised : {false, true}) {
    for (const bool went_back : {false, true}) {
      forged.sequence = raised ? 3 : 2;
      forged.newest = went_back ? std::optional(second_) : std::nullopt;
      cluster_.memory = forged;
      delivery().artifact.select = {"", "", first_};
      lose_objects();
      const auto outcome = run();
      expect_kind(outcome, Kind::kRefused);
      EXPECT_EQ(outcome.refused_rule, "rollback");
      EXPECT_EQ(cluster_.applied.back(), second_) << raised << went_back;
    }
  }
}

TEST_F(Rollback, OneThatComesAgainDoesNotGoBackToWhatTheOneBeforeHad) {
  delivery().deleting = true;
  expect_kind(run(), Kind::kRemoved);
  delivery().deleting = false;
  delivery().on_failure = delivery::FailureAction::kRollback;
  cluster_.applied.clear();
  cluster_.healthy = false;
  for (int i = 0; i < 3; ++i) {
    const auto outcome = run();
    expect_kind(outcome, Kind::kFailed);
    EXPECT_EQ(outcome.rolled_back_from, std::nullopt);
  }
  EXPECT_THAT(cluster_.applied, testing::Each(second_));
}

TEST_F(Rollback, TheTargetIsAskedForItsPlacesBeforeItIsLookedAt) {
  delivery().on_failure = delivery::FailureAction::kRollback;
  cluster_.healthy = false;
  const auto failed = run();
  EXPECT_NE(to_string(failed.kind), "delivered");
  cluster_.healthy = true;
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.applied.back(), first_);
  EXPECT_FALSE(cluster_.looked_unprepared);
}

TEST_F(Rollback, TheRecordNamesWhatIsLookedAfterAndNotWhatWasRefused) {
  expect_kind(run(), Kind::kDelivered);
  const auto refused = world_.publish({{"a.yaml", config_map("a", "0")}}, 0);
  lose_objects();
  const auto outcome = run();
  expect_kind(outcome, Kind::kRefused);
  EXPECT_EQ(outcome.digest, refused);
  EXPECT_FALSE(cluster_.contents.empty());
  EXPECT_EQ(cluster_.applied.back(), second_);
  EXPECT_THAT(world_.record(), testing::Not(testing::ContainsRegex(
                                   "\"event\":\"(accepted|delivered)\"[^\n]*" + refused.hex())));
}

TEST_F(Rollback, WhatIsInForceIsLookedAfterWithoutTheDisk) {
  expect_kind(run(), Kind::kDelivered);
  world_.publish({{"a.yaml", config_map("a", "0")}}, 0);
  // It had its dependencies when it was accepted.
  delivery().depends_on = {{delivery().name_space, "missing"}};
  for (const bool is_ours : {true, false}) {
    // What another repository brought is not in this one.
    if (!is_ours) cluster_.memory.repository = "registry.test/other";
    ASSERT_OK(world_.disk.remove("state/deliveries/shop_web.json"));
    lose_objects();
    expect_kind(run(), Kind::kRefused);
    EXPECT_EQ(cluster_.contents.empty(), !is_ours);
    EXPECT_EQ(cluster_.applied.back(), second_);
  }
}

}  // namespace
}  // namespace sealift::puller
