// The roots of policies over time: read again, never older than before.
#include "roots_fixture.h"

#include <sealift/roots/root_keeper.h>

namespace sealift::roots {
namespace {

using testing::HasSubstr;
using Kind = signing::RootFault::Kind;

class RootKeeperTest : public RootsTest {
 protected:
  RootKeeperTest() {
    EXPECT_OK(get());
    bring();
    policy.name = "shop";
    policy.root_folder = wanted();
  }
  // What the connected side has now comes to the other one.
  void bring() {
    const auto bytes = pack();
    EXPECT_OK(bytes);
    carry_in(*bytes);
  }
  std::optional<signing::RootFault> fault() const { return root_fault_at(policy, clock_now()); }
  Timestamp clock_now() const { return now; }

  Timestamp now = clock.now();
  signing::TrustPolicy policy;
  RootKeeper keeper{inside, "keep"};
};

TEST_F(RootKeeperTest, GivesAPolicyItsRoot) {
  EXPECT_EQ(fault()->kind, Kind::kMissing);
  EXPECT_FALSE(keeper.give(policy)) << "nobody has looked yet";
  keeper.learn(policy);
  EXPECT_TRUE(keeper.give(policy));
  EXPECT_FALSE(fault());
  EXPECT_EQ(policy.root->name, "trust folder sigstore");
  EXPECT_FALSE(keeper.give(policy)) << "it says the same";
  const auto* same = policy.root->trusted.get();
  keeper.refresh({wanted()});
  EXPECT_FALSE(keeper.give(policy));
  EXPECT_EQ(policy.root->trusted.get(), same);
}

TEST_F(RootKeeperTest, APolicyWithoutAFolderIsLeftAlone) {
  signing::TrustPolicy plain;
  give_root(keeper, plain);
  EXPECT_FALSE(plain.root);
  EXPECT_FALSE(root_fault_at(plain, now));
}

TEST_F(RootKeeperTest, ExpiryIsThePolicysToJudge) {
  give_root(keeper, policy);
  now = expiry - std::chrono::seconds(1);
  EXPECT_FALSE(fault());
  now = expiry;
  EXPECT_EQ(fault()->kind, Kind::kExpired);
  EXPECT_THAT(fault()->message, HasSubstr("of which timestamp 2 expired at"));
  EXPECT_THAT(fault()->message, HasSubstr("the policy allows no time after that"));
  policy.root_folder->allowed_since_expiry = std::chrono::hours(720);
  now = expiry + std::chrono::hours(720) - std::chrono::seconds(1);
  EXPECT_FALSE(fault());
  now += std::chrono::seconds(1);
  EXPECT_EQ(fault()->kind, Kind::kExpired);
  EXPECT_THAT(fault()->message, HasSubstr("allows 720h after that"));
}

TEST_F(RootKeeperTest, ANewArchiveComesIntoForce) {
  give_root(keeper, policy);
  repository.set_expiry("timestamp", expiry + std::chrono::hours(24 * 7));
  release();
  ASSERT_OK(get());
  bring();
  keeper.refresh({wanted()});
  EXPECT_TRUE(keeper.give(policy));
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 3");
  now = expiry;
  EXPECT_FALSE(fault());
}

TEST_F(RootKeeperTest, AnOlderOneDoesNot) {
  ASSERT_OK_ASSIGN(const auto old, pack());
  repository.publish_next("root");
  release();
  ASSERT_OK(get());
  bring();
  give_root(keeper, policy);
  carry_in(old);
  keeper.refresh({wanted()});
  EXPECT_TRUE(keeper.give(policy)) << "what is wrong is told";
  EXPECT_FALSE(fault()) << "what was read before counts";
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 3");
  EXPECT_THAT(policy.root_folder->problem, HasSubstr("its root 1 is older than 2"));
}

TEST_F(RootKeeperTest, AnOlderTimestampDoesNotEither) {
  ASSERT_OK_ASSIGN(const auto old, pack());
  release();
  ASSERT_OK(get());
  bring();
  give_root(keeper, policy);
  carry_in(old);
  keeper.refresh({wanted()});
  keeper.give(policy);
  EXPECT_THAT(policy.root_folder->problem, HasSubstr("its timestamp 2 is older than 3"));
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 3");
}

TEST_F(RootKeeperTest, WhatCannotBeReadChangesNothingUntilItExpires) {
  give_root(keeper, policy);
  carry_in("half a copy");
  keeper.refresh({wanted()});
  EXPECT_TRUE(keeper.give(policy));
  EXPECT_FALSE(fault());
  EXPECT_THAT(policy.root_folder->problem, HasSubstr("keep/sigstore.tar.gz cannot be read"));
  now = expiry;
  EXPECT_EQ(fault()->kind, Kind::kExpired);
  bring();
  keeper.refresh({wanted()});
  EXPECT_TRUE(keeper.give(policy));
  EXPECT_EQ(policy.root_folder->problem, "");
}

TEST_F(RootKeeperTest, WhatWasTakenAwayCountsNoMore) {
  give_root(keeper, policy);
  ASSERT_OK(inside.remove("keep/sigstore.tar.gz"));
  keeper.refresh({wanted()});
  EXPECT_TRUE(keeper.give(policy));
  EXPECT_EQ(fault()->kind, Kind::kMissing);
  EXPECT_THAT(fault()->message, HasSubstr("there is neither the folder keep/sigstore"));
  EXPECT_FALSE(policy.root);
}

TEST_F(RootKeeperTest, AfterItWasTakenAwayNoOlderOneComes) {
  ASSERT_OK_ASSIGN(const auto old, pack());
  release();
  ASSERT_OK(get());
  bring();
  give_root(keeper, policy);
  ASSERT_OK(inside.remove("keep/sigstore.tar.gz"));
  keeper.refresh({wanted()});
  carry_in(old);
  keeper.refresh({wanted()});
  keeper.give(policy);
  EXPECT_THAT(fault()->message, HasSubstr("its timestamp 2 is older than 3"));
  bring();
  keeper.refresh({wanted()});
  keeper.give(policy);
  EXPECT_FALSE(fault());
}

TEST_F(RootKeeperTest, WithoutADirectoryNothingIsGiven) {
  RootKeeper none(inside, "");
  give_root(none, policy);
  none.refresh({wanted()});
  none.give(policy);
  EXPECT_FALSE(policy.root);
  EXPECT_THAT(fault()->message, HasSubstr("--trust-dir"));
}

TEST_F(RootKeeperTest, WhatNoPolicyNamesIsForgotten) {
  give_root(keeper, policy);
  keeper.refresh({});
  auto another = policy;
  another.root.reset();
  another.root_folder = wanted();
  EXPECT_FALSE(keeper.give(another));
  EXPECT_FALSE(another.root);
}

}  // namespace
}  // namespace sealift::roots
