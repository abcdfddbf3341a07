#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "delivery_world.h"
#include "flat_cluster.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"

namespace sealift::puller {
namespace {

using sealift::test::config_map;
using std::chrono::hours;
using test::DeliveryWorld;
using test::FlatCluster;
using testing::ElementsAre;
using testing::HasSubstr;
using Kind = RunOutcome::Kind;

// An artifact that runs, under a policy that wants to hear each day that it is the newest.
class DeliveryFreshness : public testing::Test {
 protected:
  void SetUp() override {
    world_.configuration.policies[0].freshness =
        signing::FreshnessRequirement{hours(24), {.signers = {"release"}}};
    first_ = world_.publish({{"a.yaml", config_map("a", "1")}}, 1);
    world_.say_fresh();
    expect_kind(run(), Kind::kDelivered);
  }
  void expect_kind(const RunOutcome& outcome, Kind kind) {
    EXPECT_EQ(to_string(outcome.kind), to_string(kind))
        << to_string(outcome.stage) << ": " << (outcome.error ? outcome.error->message() : "");
  }
  void expect_not_fresh(const RunOutcome& outcome) {
    expect_kind(outcome, Kind::kRefused);
    EXPECT_TRUE(outcome.not_fresh);
    EXPECT_EQ(outcome.refused_rule, "freshness");
    EXPECT_EQ(outcome.digest, first_);
    ASSERT_TRUE(outcome.error);
    EXPECT_THAT(outcome.error->message(),
                HasSubstr("it has not counted since 2026-01-02T00:00:00Z"));
  }
  RunOutcome run() { return cluster_.run(world_); }
  // Somebody changed it by hand: a run has to write it again.
  void lose_objects() { cluster_.contents.clear(); }

  DeliveryWorld world_;
  FlatCluster cluster_;
  Digest first_ = Digest::of("none yet");
};

TEST_F(DeliveryFreshness, WhatRunsIsLookedAfterWhenNobodyRenewsTheStatement) {
  world_.pass(hours(25));
  expect_not_fresh(run());
  EXPECT_EQ(cluster_.contents.size(), 1u);
  const auto record = world_.record();
  expect_not_fresh(run());
  EXPECT_TRUE(world_.record() == record) << "the same refusal is one decision";
  lose_objects();
  expect_not_fresh(run());
  EXPECT_THAT(cluster_.applied, ElementsAre(first_, first_)) << "drift is corrected";

  world_.say_fresh();
  const auto outcome = run();
  expect_kind(outcome, Kind::kUnchanged);
  EXPECT_FALSE(outcome.not_fresh);
}

TEST_F(DeliveryFreshness, ANewArtifactWaitsForItsStatement) {
  const auto second = world_.publish({{"a.yaml", config_map("a", "2")}}, 2);
  lose_objects();
  const auto refused = run();
  expect_kind(refused, Kind::kRefused);
  EXPECT_FALSE(refused.not_fresh) << "it does not run";
  EXPECT_EQ(refused.digest, second);
  EXPECT_THAT(cluster_.applied, ElementsAre(first_, first_));
  world_.say_fresh();
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.applied.back(), second);
}

// Whoever holds updates back could be silent instead.
TEST_F(DeliveryFreshness, ASilentRegistryIsNoticedWhenTheStatementIsTooOld) {
  world_.set_registry_away(true);
  world_.pass(hours(1));
  lose_objects();
  const auto outcome = run();
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_TRUE(outcome.registry_away);
  world_.pass(hours(24));
  lose_objects();
  const auto refused = run();
  expect_not_fresh(refused);
  EXPECT_TRUE(refused.registry_away);
  EXPECT_THAT(refused.error->message(), HasSubstr("newer signatures could not be looked for"));
  EXPECT_THAT(cluster_.applied, ElementsAre(first_, first_, first_));

  world_.set_registry_away(false);
  expect_not_fresh(run());
  world_.say_fresh();
  expect_kind(run(), Kind::kUnchanged);
}

// 1.4.2 in a range, which the registry calls 1.4 as well, and what was said of both.
class RangeFreshness : public DeliveryFreshness {
 protected:
  void SetUp() override {
    DeliveryFreshness::SetUp();
    world_.configuration.deliveries[0].artifact.select = {"", ">=1 <2", {}};
    world_.tag = "1.4.2";
    first_ = world_.publish({{"a.yaml", config_map("a", "2")}}, 2);
    world_.say_fresh();
    world_.pass(hours(20));
    world_.tag = "1.4";
    world_.say_fresh();
    expect_kind(run(), Kind::kDelivered);
  }
  std::string state() { return world_.disk.content(kState); }
  static constexpr const char* kState = "state/deliveries/shop_web.json";
  static constexpr const char* kWhichTag = R"("acceptedTag":"1.4.2",)";
};

TEST_F(RangeFreshness, TheVersionThatRunsIsAskedForWhileTheRegistryIsSilent) {
  world_.set_registry_away(true);
  expect_kind(run(), Kind::kUnchanged);
  world_.pass(hours(5));
  const auto refused = run();
  expect_kind(refused, Kind::kRefused);
  EXPECT_TRUE(refused.not_fresh);
  ASSERT_TRUE(refused.error);
  EXPECT_THAT(refused.error->message(), HasSubstr("2026-01-02T00:00:00Z"));
}

// As an earlier release left it.
TEST_F(RangeFreshness, NoStatementIsAboutAVersionThatNobodyKnows) {
  auto without = state();
  const auto at = without.find(kWhichTag);
  ASSERT_NE(at, std::string::npos) << without;
  world_.disk.put(kState, without.erase(at, std::string(kWhichTag).size()));
  world_.set_registry_away(true);
  const auto refused = run();
  expect_kind(refused, Kind::kRefused);
  EXPECT_TRUE(refused.not_fresh);
  ASSERT_TRUE(refused.error);
  EXPECT_THAT(refused.error->message(), HasSubstr("a version in the range >=1 <2"));

  world_.set_registry_away(false);
  expect_kind(run(), Kind::kUnchanged);
  EXPECT_THAT(state(), HasSubstr(kWhichTag)) << "learnt from the registry";
  world_.set_registry_away(true);
  expect_kind(run(), Kind::kUnchanged);
  world_.configuration.deliveries[0].artifact.select.semver = ">=1.5 <2";
  EXPECT_TRUE(run().not_fresh) << "another range means another version";
}

TEST_F(RangeFreshness, TheNewestNameOfWhatRunsIsRemembered) {
  world_.tag = "1.4.3";
  ASSERT_EQ(world_.publish({{"a.yaml", config_map("a", "2")}}, 2), first_);
  world_.say_fresh();
  world_.pass(hours(3));
  expect_kind(run(), Kind::kUnchanged);
  EXPECT_THAT(state(), HasSubstr(R"("acceptedTag":"1.4.3")"));
  world_.set_registry_away(true);
  world_.pass(hours(2));
  expect_kind(run(), Kind::kUnchanged);
}

// Nor is a stale statement a way past the rule against older artifacts.
TEST_F(DeliveryFreshness, WhatMayBeAReplayIsNotLookedAfter) {
  ASSERT_OK(world_.disk.remove("state/deliveries/shop_web.json"));
  cluster_.memory.sequence = 5;
  lose_objects();
  for (const auto time : {hours(0), hours(25)}) {
    world_.pass(time);
    const auto outcome = run();
    expect_kind(outcome, Kind::kRefused);
    EXPECT_FALSE(outcome.not_fresh);
    EXPECT_THAT(cluster_.applied, ElementsAre(first_));
  }
}

TEST_F(DeliveryFreshness, APolicyThatTrustsNobodyAnyMoreStopsIt) {
  world_.pass(hours(25));
  world_.configuration.policies[0].keys[0].revoked_at =
      parse_timestamp("2026-01-01T00:00:00Z").value();
  lose_objects();
  const auto outcome = run();
  expect_kind(outcome, Kind::kRefused);
  EXPECT_FALSE(outcome.not_fresh);
  EXPECT_THAT(cluster_.applied, ElementsAre(first_));
}

}  // namespace
}  // namespace sealift::puller
