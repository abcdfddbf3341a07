#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "watch_roster_fixture.h"

namespace sealift::members {
namespace {

class WatchRosterTelling : public WatchRosterTest {};

TEST_F(WatchRosterTelling, AServerThatCannotBeAskedIsNamed) {
  const auto lost = unavailable();
  roster_.follow(deployed("a"), now_);
  roster_.on_connection(kShared, &lost, now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
  EXPECT_EQ(state(), "unavailable");
  roster_.on_connection(kShared, &lost, now_);
  EXPECT_EQ(roster_.take_settled(), Texts()) << "it is known";
  roster_.on_connection(kShared, nullptr, now_);
  EXPECT_EQ(state(), "waiting");
  roster_.on_synced(kShared, now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
}

TEST_F(WatchRosterTelling, AShortLossAfterwardsIsNobodysBusiness) {
  const auto lost = unavailable();
  roster_.follow(deployed("a"), now_);
  roster_.on_synced(kShared, now_);
  roster_.take_settled();
  roster_.on_connection(kShared, &lost, now_);
  now_ += seconds(30);
  roster_.on_connection(kShared, &lost, now_);
  EXPECT_EQ(state(), "ready");
  EXPECT_EQ(roster_.take_settled(), Texts());
  now_ += seconds(40);
  roster_.on_connection(kShared, &lost, now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
  EXPECT_EQ(state(), "unavailable");
  roster_.on_connection(kShared, nullptr, now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"}) << "it is back";
  EXPECT_EQ(state(), "ready");
}

TEST_F(WatchRosterTelling, WhatAWatchToldMayBecomeVoid) {
  roster_.follow(deployed("a"), now_);
  roster_.on_synced(kShared, now_);
  roster_.on_reset(kShared);
  EXPECT_EQ(state(), "waiting");
  roster_.take_settled();
  roster_.on_synced(kShared, now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
}

// Otherwise whoever changes what he wants, again and again, would blind all others.
TEST_F(WatchRosterTelling, WhileAWatchTellsEverythingAgainOnlyThoseWhoAskedForItWait) {
  roster_.follow(deployed("a"), now_);
  tell_all({kShared});
  roster_.follow(deployed("b"), now_);
  roster_.tell_again({kShared}, "b");
  EXPECT_EQ(state("a"), "ready");
  EXPECT_EQ(
      roster_.readiness("b", now_).waiting_for,
      "another telling of Deployment.apps across the cluster as the puller itself, which left "
      "out members");
  EXPECT_EQ(roster_.next_retelling() <= now_, true);
  EXPECT_EQ(roster_.take_retellings(now_), std::vector<WatchKey>{kShared});
  roster_.on_begun(kShared, now_);
  roster_.forget("b");
  roster_.follow(deployed("b"), now_);
  roster_.tell_again({kShared}, "b");
  EXPECT_EQ(roster_.take_retellings(now_), std::vector<WatchKey>()) << "it may finish";
  EXPECT_EQ(state("a"), "ready");
  roster_.take_settled();
  roster_.on_synced(kShared, now_);
  EXPECT_EQ(state("b"), "waiting") << "it asked after the beginning";
  EXPECT_EQ(roster_.take_settled(), Texts());
  tell_all({kShared});
  EXPECT_EQ(roster_.take_settled(), Texts{"b"});
  EXPECT_EQ(state("b"), "ready");
}

TEST_F(WatchRosterTelling, AWatchThatEndsOwesNobodyATelling) {
  roster_.follow(deployed("a"), now_);
  tell_all({kShared});
  roster_.tell_again({kShared}, "a");
  EXPECT_EQ(state(), "waiting");
  roster_.on_end(kShared, not_found(), now_);
  EXPECT_EQ(state(), "ready") << "nothing of the kind exists";
  EXPECT_EQ(roster_.take_retellings(now_), std::vector<WatchKey>());
}

TEST_F(WatchRosterTelling, MetadataIsEnoughUntilAFollowedSetHasACheck) {
  EXPECT_FALSE(roster_.is_metadata_enough(kDeployment));
  EXPECT_TRUE(roster_.is_metadata_enough(kSecret));
  auto plain = scope("a", {kSecret});
  roster_.follow(plain, now_);
  tell_all({kSharedSecrets});

  auto checked = scope("b", {kSecret, kDeployment});
  checked.health_checks = {check_about(kSecret)};
  const auto orders = roster_.follow(checked, now_);
  EXPECT_EQ(roster_.take_retellings(now_), std::vector<WatchKey>{kSharedSecrets});
  EXPECT_EQ(orders.rejudge, std::vector<kube::GroupKind>{kSecret});
  EXPECT_FALSE(roster_.is_metadata_enough(kSecret));
  EXPECT_EQ(roster_.checks_of("a"), nullptr);
  EXPECT_EQ(roster_.checks_of("b")->size(), 1u);

  tell_all({kSharedSecrets});
  roster_.follow(checked, now_);
  EXPECT_EQ(roster_.take_retellings(now_), std::vector<WatchKey>());
  roster_.forget("b");
  EXPECT_EQ(roster_.take_retellings(now_), std::vector<WatchKey>{kSharedSecrets});
  EXPECT_TRUE(roster_.is_metadata_enough(kSecret));
}

TEST_F(WatchRosterTelling, ChecksThatChangeAreJudgedAnew) {
  auto set = scope("a", {kSecret, kDeployment});
  set.health_checks = {check_about(kDeployment)};
  EXPECT_EQ(roster_.follow(set, now_).rejudge, std::vector<kube::GroupKind>{kDeployment});
  set.health_checks.push_back(check_about(kNamespace));
  EXPECT_EQ(roster_.follow(set, now_).rejudge, std::vector<kube::GroupKind>())
      << "about no kind of the set";
  set.kinds.insert(kNamespace);
  EXPECT_EQ(roster_.follow(set, now_).rejudge, std::vector<kube::GroupKind>{kNamespace});
  set.health_checks.clear();
  EXPECT_EQ(roster_.follow(set, now_).rejudge,
            (std::vector<kube::GroupKind>{kNamespace, kDeployment}));
}

TEST_F(WatchRosterTelling, AWatchThatWasEndedSaysNothingMore) {
  roster_.follow(deployed("a"), now_);
  roster_.forget("a");
  EXPECT_EQ(roster_.on_end(kShared, forbidden(), now_).start, std::vector<WatchKey>());
  EXPECT_EQ(roster_.on_synced(kShared, now_).end, std::vector<WatchKey>());
  EXPECT_EQ(roster_.on_served(kShared, true, now_).start, std::vector<WatchKey>());
  EXPECT_EQ(roster_.take_settled(), Texts());
}

}  // namespace
}  // namespace sealift::members
