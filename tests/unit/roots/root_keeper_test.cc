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
  static crypto::PrivateKey new_key() {
    return crypto::PrivateKey::generate(crypto::KeyType::kEcdsaP256).value();
  }
  std::optional<signing::RootFault> fault() const { return root_fault_at(policy, clock_now()); }
  Timestamp clock_now() const { return now; }

  Timestamp now = clock.now();
  signing::TrustPolicy policy;
  RootKeeper keeper{inside, "keep"};
};

TEST_F(RootKeeperTest, GivesAPolicyItsRoot) {
  EXPECT_EQ(fault()->kind, Kind::kMissing);
  EXPECT_TRUE(keeper.give(policy));
  EXPECT_THAT(fault()->message, HasSubstr("nobody has looked into it yet"));
  EXPECT_FALSE(keeper.give(policy)) << "it says the same";
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
  EXPECT_THAT(policy.root_folder->problem, HasSubstr("root 1 is older than root 2"));
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
  EXPECT_THAT(policy.root_folder->problem,
              HasSubstr("timestamp 2 is version 2, but version 3 was trusted before"));
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 3");
}

// A folder of another repository, put there by mistake, neither takes the place of this one nor
// keeps it out once it is in force by purpose.
TEST_F(RootKeeperTest, AnotherRepositoryIsNoSuccessor) {
  give_root(keeper, policy);
  const auto genuine = inside.content("keep/sigstore.tar.gz");
  for (const std::int64_t version : {1, 2, 50}) {
    carry_in(foreign(version));
    keeper.refresh({wanted()});
    keeper.give(policy);
    EXPECT_FALSE(fault()) << "what was read before counts";
    EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 2") << version;
    EXPECT_THAT(policy.root_folder->problem, HasSubstr("another repository")) << version;
    EXPECT_THAT(policy.root_folder->problem, HasSubstr("take the folder away")) << version;
  }
  carry_in(genuine);
  keeper.refresh({wanted()});
  keeper.give(policy);
  EXPECT_EQ(policy.root_folder->problem, "");
}

TEST_F(RootKeeperTest, AnotherRepositoryComesAfterTheFolderWasTakenAway) {
  const auto genuine = inside.content("keep/sigstore.tar.gz");
  carry_in(foreign(50));
  give_root(keeper, policy);
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 9");
  ASSERT_OK(inside.remove("keep/sigstore.tar.gz"));
  keeper.refresh({wanted()});
  carry_in(genuine);
  keeper.refresh({wanted()});
  keeper.give(policy);
  EXPECT_EQ(policy.root_folder->problem, "");
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 2");
}

TEST_F(RootKeeperTest, RootsThatFollowAreFollowedThroughTheHistory) {
  give_root(keeper, policy);
  for (int i = 0; i < 3; ++i) {
    repository.set_keys("root", {new_key()});
    repository.publish_next("root");
  }
  release();
  ASSERT_OK(get());
  bring();
  keeper.refresh({wanted()});
  keeper.give(policy);
  EXPECT_EQ(policy.root_folder->problem, "");
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 3");
}

TEST_F(RootKeeperTest, ARootWithoutThoseBeforeItIsNoSuccessor) {
  give_root(keeper, policy);
  for (int i = 0; i < 2; ++i) repository.publish_next("root");
  release();
  ASSERT_OK(get());
  ASSERT_OK(files.remove("keep/sigstore/root_history/2.root.json"));
  bring();
  keeper.refresh({wanted()});
  keeper.give(policy);
  EXPECT_THAT(policy.root_folder->problem, HasSubstr("root 2 is not in the folder's root_history"));
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 2");
}

// TUF 5.3.11: who stole the key of the timestamp has published a version beyond all others; with
// the next root's key the count begins anew.
TEST_F(RootKeeperTest, RecoversFromAFastForwardedTimestamp) {
  repository.set_version("timestamp", 1'000'000);
  repository.publish("timestamp");
  copy_out();
  ASSERT_OK(get());
  bring();
  give_root(keeper, policy);
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 1000000");
  repository.set_keys("timestamp", {new_key()});
  repository.publish_next("root");
  repository.set_version("timestamp", 2);
  release();
  ASSERT_OK(get());
  bring();
  keeper.refresh({wanted()});
  keeper.give(policy);
  EXPECT_EQ(policy.root_folder->problem, "");
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

// Whoever takes it away may mean to replace the repository, by an older state of it as well.
TEST_F(RootKeeperTest, AfterItWasTakenAwayAnyComes) {
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
  EXPECT_FALSE(fault());
  EXPECT_EQ(policy.root_folder->content->first_to_expire, "timestamp 2");
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
  keeper.refresh({});
  auto another = policy;
  another.root.reset();
  another.root_folder = wanted();
  EXPECT_TRUE(keeper.give(another)) << "that nobody looked is told";
  EXPECT_FALSE(another.root);
  EXPECT_THAT(another.root_folder->problem, HasSubstr("nobody has looked into it yet"));
}

// Who refreshes lists what is wanted first, and a policy may be learnt before the folders are read.
TEST_F(RootKeeperTest, WhatIsLearntWhileARefreshBeginsStays) {
  const std::vector<signing::RootFolder> listed_before;
  keeper.learn(policy);
  keeper.refresh(listed_before);
  keeper.give(policy);
  EXPECT_FALSE(fault());
  // The same policy goes and comes back.
  keeper.learn(policy);
  keeper.refresh(listed_before);
  policy.root_folder = wanted();
  keeper.give(policy);
  EXPECT_FALSE(fault());
}

}  // namespace
}  // namespace sealift::roots
