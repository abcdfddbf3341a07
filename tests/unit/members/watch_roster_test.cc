#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "watch_roster_fixture.h"

namespace sealift::members {
namespace {

TEST_F(WatchRosterTest, OneWatchServesAllSets) {
  EXPECT_EQ(texts(roster_.follow(deployed("a"), now_).start),
            Texts{"Deployment.apps across the cluster as the puller itself"});
  EXPECT_EQ(roster_.follow(deployed("b", {"other"}), now_).start, std::vector<WatchKey>());
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, std::vector<WatchKey>());
  EXPECT_EQ(roster_.forget("a").end, std::vector<WatchKey>());
  EXPECT_EQ(roster_.forget("b").end, std::vector<WatchKey>{kShared});
  EXPECT_EQ(roster_.forget("b").end, std::vector<WatchKey>());
}

TEST_F(WatchRosterTest, ASetIsReadyWhenItsWatchesHaveToldEverything) {
  roster_.follow(scope("a", {kDeployment, kSecret}), now_);
  EXPECT_EQ(roster_.readiness("a", now_).waiting_for,
            "the first state of Secret across the cluster as the puller itself");
  roster_.on_synced(kSharedSecrets, now_);
  EXPECT_EQ(state(), "waiting");
  EXPECT_EQ(roster_.take_settled(), Texts());
  roster_.on_synced(kShared, now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
  EXPECT_EQ(state(), "ready");
  roster_.on_synced(kShared, now_);
  EXPECT_EQ(roster_.take_settled(), Texts()) << "nobody waited for it";
  EXPECT_EQ(state("nobody"), "waiting");
}

TEST_F(WatchRosterTest, AnotherScopeReplacesTheFirst) {
  roster_.follow(scope("a", {kDeployment, kSecret}), now_);
  const auto orders = roster_.follow(scope("a", {kSecret, kNamespace}), now_);
  EXPECT_EQ(texts(orders.start), Texts{"Namespace across the cluster as the puller itself"});
  EXPECT_EQ(orders.end, std::vector<WatchKey>{kShared});
}

TEST_F(WatchRosterTest, WhatIsRefusedAcrossTheClusterIsWatchedAsEachAccountInEachNamespace) {
  roster_.follow(deployed("a", {"shop", "cache"}), now_);
  roster_.follow(deployed("b"), now_);
  roster_.follow(scope("own", {kDeployment}, {"shop"}), now_);
  const auto orders = refuse_shared();
  EXPECT_EQ(texts(orders.start),
            (Texts{"Deployment.apps in namespace cache as service account shop/deployer",
                   "Deployment.apps in namespace shop as service account shop/deployer",
                   "Deployment.apps in namespace shop as the puller itself"}));
  EXPECT_EQ(state("a"), "waiting");
  roster_.on_synced(as_account(kDeployment, "shop"), now_);
  EXPECT_EQ(state("b"), "ready") << "the account's watch is shared";
  EXPECT_EQ(state("a"), "waiting");
  roster_.on_synced(as_account(kDeployment, "cache"), now_);
  EXPECT_EQ(state("a"), "ready");
  EXPECT_EQ(roster_.forget("b").end, std::vector<WatchKey>());
  EXPECT_EQ(texts(roster_.forget("a").end),
            (Texts{"Deployment.apps in namespace cache as service account shop/deployer",
                   "Deployment.apps in namespace shop as service account shop/deployer"}));
}

TEST_F(WatchRosterTest, ANamespaceThatIsNoLongerNeededIsWatchedNoMore) {
  roster_.follow(deployed("a", {"shop", "cache"}), now_);
  refuse_shared();
  const auto orders = roster_.follow(deployed("a", {"cache", "queue"}), now_);
  EXPECT_EQ(orders.start, std::vector<WatchKey>{as_account(kDeployment, "queue")});
  EXPECT_EQ(orders.end, std::vector<WatchKey>{as_account(kDeployment, "shop")});
}

TEST_F(WatchRosterTest, AClusterScopedKindHasNoNamespaces) {
  const WatchKey shared{kNamespace, "", "", ""};
  roster_.follow(scope("a", {kNamespace}, {"shop"}, "deployer"), now_);
  roster_.follow(scope("own", {kNamespace}, {"shop"}), now_);
  roster_.on_served(shared, false, now_);
  EXPECT_EQ(roster_.on_end(shared, forbidden(), now_).start,
            std::vector<WatchKey>{as_account(kNamespace, "")});
  EXPECT_EQ(state("own"), "forbidden") << "nobody else could do it";
  EXPECT_EQ(state("a"), "waiting");
  roster_.on_synced(as_account(kNamespace, ""), now_);
  EXPECT_EQ(state("a"), "ready");
}

TEST_F(WatchRosterTest, ARefusalNamesWhoMayNotDoWhatWhere) {
  roster_.follow(deployed("a"), now_);
  refuse_shared();
  roster_.take_settled();
  roster_.on_end(as_account(kDeployment, "shop"), forbidden(), now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
  const auto error = roster_.readiness("a", now_).error;
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::kForbidden);
  EXPECT_EQ(error->message(),
            "following Deployment.apps in namespace shop as service account shop/deployer: "
            "cannot watch it");
}

TEST_F(WatchRosterTest, ARefusedWatchIsTriedAgainAfterARest) {
  roster_.follow(deployed("a"), now_);
  refuse_shared();
  const auto account = as_account(kDeployment, "shop");
  roster_.on_end(account, forbidden(), now_);
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, std::vector<WatchKey>());
  now_ += seconds(5);
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, (std::vector<WatchKey>{account, kShared}))
      << "either right may have been granted";
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, std::vector<WatchKey>());
  EXPECT_EQ(state(), "forbidden") << "until it is known better";
  roster_.on_end(account, forbidden(), now_);
  roster_.on_end(kShared, forbidden(), now_);
  now_ += seconds(3);
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, std::vector<WatchKey>()) << "the rest grows";
  now_ += minutes(6);
  roster_.follow(deployed("a"), now_);
  roster_.on_synced(account, now_);
  EXPECT_EQ(state(), "ready");
}

TEST_F(WatchRosterTest, WhileTheAccountSeesEverythingTheSharedWatchIsSeldomTried) {
  roster_.follow(deployed("a"), now_);
  refuse_shared();
  const auto account = as_account(kDeployment, "shop");
  roster_.on_synced(account, now_);
  now_ += minutes(29);
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, std::vector<WatchKey>());
  now_ += minutes(2);
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, std::vector<WatchKey>{kShared});
  EXPECT_EQ(state(), "ready");
  const auto orders = roster_.on_synced(kShared, now_);
  EXPECT_EQ(orders.end, std::vector<WatchKey>{account});
  EXPECT_EQ(state(), "ready");
}

TEST_F(WatchRosterTest, ARightThatIsTakenAwayLaterIsTheSameAsNone) {
  roster_.follow(deployed("a"), now_);
  roster_.on_served(kShared, true, now_);
  roster_.on_synced(kShared, now_);
  const auto orders = roster_.on_end(kShared, forbidden(), now_);
  EXPECT_EQ(orders.start, std::vector<WatchKey>{as_account(kDeployment, "shop")});
  EXPECT_EQ(state(), "waiting");
}

TEST_F(WatchRosterTest, AKindThatIsNotServedHasNoMembersUntilItIs) {
  roster_.follow(deployed("a"), now_);
  roster_.on_end(kShared, not_found(), now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
  EXPECT_EQ(state(), "ready");
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, std::vector<WatchKey>());
  now_ += seconds(2);
  EXPECT_EQ(roster_.follow(deployed("a"), now_).start, std::vector<WatchKey>{kShared});
  EXPECT_EQ(state(), "ready");
  roster_.on_served(kShared, true, now_);
  EXPECT_EQ(state(), "waiting") << "what it has is not known";
  roster_.on_synced(kShared, now_);
  EXPECT_EQ(state(), "ready");
}

TEST_F(WatchRosterTest, AWriteShowsThatAKindIsServed) {
  roster_.follow(deployed("a"), now_);
  EXPECT_EQ(roster_.note_served(kDeployment, now_).start, std::vector<WatchKey>());
  roster_.on_end(kShared, not_found(), now_);
  EXPECT_EQ(roster_.note_served(kSecret, now_).start, std::vector<WatchKey>());
  EXPECT_EQ(roster_.note_served(kDeployment, now_).start, std::vector<WatchKey>{kShared});
  EXPECT_EQ(roster_.note_served(kDeployment, now_).start, std::vector<WatchKey>());
}

}  // namespace
}  // namespace sealift::members
