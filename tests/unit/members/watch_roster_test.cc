#include "watch_roster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sealift::members {
namespace {

using Texts = std::vector<std::string>;
using std::chrono::minutes;
using std::chrono::seconds;

const kube::GroupKind kDeployment{"apps", "Deployment"};
const kube::GroupKind kSecret{"", "Secret"};
const kube::GroupKind kNamespace{"", "Namespace"};
const WatchKey kShared{kDeployment, "", "", ""};
const WatchKey kSharedSecrets{kSecret, "", "", ""};

WatchKey as_account(const kube::GroupKind& kind, const std::string& name_space) {
  return {kind, "shop", "deployer", name_space};
}

MemberScope scope(const std::string& id, std::set<kube::GroupKind> kinds,
                  std::set<std::string> name_spaces = {"shop"}, const std::string& account = "") {
  MemberScope out;
  out.applyset_id = id;
  if (!account.empty()) out.account_namespace = "shop";
  out.account_name = account;
  out.kinds = std::move(kinds);
  out.name_spaces = std::move(name_spaces);
  return out;
}

MemberScope deployed(const std::string& id, std::set<std::string> name_spaces = {"shop"}) {
  return scope(id, {kDeployment}, std::move(name_spaces), "deployer");
}

delivery::CustomHealth check_about(const kube::GroupKind& kind) {
  return {kind.group,
          kind.kind,
          {{"/status/ready", delivery::FieldTest::Operator::kExists, {}}},
          {},
          {}};
}

Error forbidden() { return Error(ErrorCode::kForbidden, "cannot watch it"); }
Error not_found() { return Error(ErrorCode::kNotFound, "not served"); }
Error unavailable() { return Error(ErrorCode::kUnavailable, "connection refused"); }

Texts texts(const std::vector<WatchKey>& keys) {
  Texts out;
  for (const auto& key : keys) out.push_back(key.to_string());
  std::sort(out.begin(), out.end());
  return out;
}

class WatchRosterTest : public testing::Test {
 protected:
  // "ready", "waiting", or the error's code.
  std::string state(const std::string& id = "a") {
    const auto readiness = roster_.readiness(id, now_);
    if (readiness.error) return std::string(to_string(readiness.error->code()));
    return readiness.waiting_for.empty() ? "ready" : "waiting";
  }
  // The shared watch on Deployments was refused while the set asked for it.
  WatchRoster::Orders refuse_shared() {
    roster_.on_served(kShared, true, now_);
    return roster_.on_end(kShared, forbidden(), now_);
  }
  // They tell everything, and rest.
  void tell_all(const std::vector<WatchKey>& keys) {
    for (const auto& key : keys) {
      roster_.on_begun(key, now_);
      now_ += seconds(1);
      roster_.on_synced(key, now_);
    }
    now_ += minutes(1);
  }

  WatchRoster roster_;
  SteadyTime now_{std::chrono::hours(100)};
};

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

TEST_F(WatchRosterTest, AServerThatCannotBeAskedIsNamed) {
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

TEST_F(WatchRosterTest, AShortLossAfterwardsIsNobodysBusiness) {
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

TEST_F(WatchRosterTest, WhatAWatchToldMayBecomeVoid) {
  roster_.follow(deployed("a"), now_);
  roster_.on_synced(kShared, now_);
  roster_.on_reset(kShared);
  EXPECT_EQ(state(), "waiting");
  roster_.take_settled();
  roster_.on_synced(kShared, now_);
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
}

// Otherwise whoever changes what he wants, again and again, would blind all others.
TEST_F(WatchRosterTest, WhileAWatchTellsEverythingAgainOnlyThoseWhoAskedForItWait) {
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

TEST_F(WatchRosterTest, AWatchThatEndsOwesNobodyATelling) {
  roster_.follow(deployed("a"), now_);
  tell_all({kShared});
  roster_.tell_again({kShared}, "a");
  EXPECT_EQ(state(), "waiting");
  roster_.on_end(kShared, not_found(), now_);
  EXPECT_EQ(state(), "ready") << "nothing of the kind exists";
  EXPECT_EQ(roster_.take_retellings(now_), std::vector<WatchKey>());
}

TEST_F(WatchRosterTest, MetadataIsEnoughUntilAFollowedSetHasACheck) {
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

TEST_F(WatchRosterTest, ChecksThatChangeAreJudgedAnew) {
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

TEST_F(WatchRosterTest, AWatchThatWasEndedSaysNothingMore) {
  roster_.follow(deployed("a"), now_);
  roster_.forget("a");
  EXPECT_EQ(roster_.on_end(kShared, forbidden(), now_).start, std::vector<WatchKey>());
  EXPECT_EQ(roster_.on_synced(kShared, now_).end, std::vector<WatchKey>());
  EXPECT_EQ(roster_.on_served(kShared, true, now_).start, std::vector<WatchKey>());
  EXPECT_EQ(roster_.take_settled(), Texts());
}

// Kinds and namespaces come from what a tenant may write, and each pair of them may be a thread.
TEST(WatchRosterLimits, OfASetCountTheProductOfKindsAndNamespaces) {
  WatchRoster roster({.of_set = 4});
  SteadyTime now{std::chrono::hours(100)};
  auto wide = deployed("wide", {"a", "b", "c"});
  wide.kinds.insert(kSecret);
  EXPECT_EQ(roster.follow(wide, now).start.size(), 2u);
  roster.follow(deployed("narrow"), now);
  roster.on_served(kShared, true, now);
  EXPECT_EQ(roster.on_end(kShared, forbidden(), now).start.size(), 4u) << "one kind fits";
  EXPECT_EQ(roster.readiness("wide", now).error, std::nullopt);
  roster.on_served(kSharedSecrets, true, now);
  const auto orders = roster.on_end(kSharedSecrets, forbidden(), now);
  EXPECT_EQ(orders.start, std::vector<WatchKey>());
  EXPECT_EQ(orders.end.size(), 3u) << "what is of no use ends";
  EXPECT_EQ(roster.take_settled(), Texts{"wide"});
  const auto error = roster.readiness("wide", now).error;
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), ErrorCode::kInvalidInput);
  EXPECT_THAT(
      error->message(),
      testing::StartsWith("the ApplySet wide needs more watches than the limit of 4 for one "
                          "set, "));

  roster.on_synced(as_account(kDeployment, "shop"), now);
  EXPECT_TRUE(roster.readiness("narrow", now).is_ready()) << "the other set goes on";
  EXPECT_EQ(roster.follow_again("wide", now).start, std::vector<WatchKey>());
  now += minutes(6);
  EXPECT_EQ(roster.follow_again("wide", now).start, std::vector<WatchKey>{kSharedSecrets})
      << "the puller may have been granted the right";
  roster.on_synced(kSharedSecrets, now);
  EXPECT_EQ(roster.follow_again("wide", now).start.size(), 3u);
  EXPECT_EQ(roster.readiness("wide", now).error, std::nullopt);
}

TEST(WatchRosterLimits, OfANamespaceAndOfAllCountWhatIsThere) {
  const SteadyTime now{std::chrono::hours(100)};
  const auto scope_of = [](const std::string& id, const std::string& name_space,
                           std::set<kube::GroupKind> kinds) {
    auto out = scope(id, std::move(kinds));
    out.account_namespace = name_space;
    return out;
  };
  const auto message = [&](WatchRoster& roster, const std::string& id) {
    const auto error = roster.readiness(id, now).error;
    return error ? error->message() : std::string();
  };
  WatchRoster roster({.of_account_namespace = 2, .of_view = 3});
  EXPECT_EQ(roster.follow(scope_of("a", "shop", {kDeployment, kSecret}), now).start.size(), 2u);
  EXPECT_EQ(roster.follow(scope_of("b", "shop", {kSecret}), now).start.size(), 0u);
  EXPECT_EQ(message(roster, "b"), "") << "it is watched anyway";
  EXPECT_EQ(roster.follow(scope_of("c", "shop", {kNamespace}), now).start.size(), 0u);
  EXPECT_THAT(message(roster, "c"),
              testing::HasSubstr("the limit of 2 for the Deliveries of namespace shop"));
  EXPECT_EQ(roster.follow(scope_of("d", "other", {kNamespace}), now).start.size(), 1u);
  EXPECT_EQ(roster.follow(scope_of("e", "other", {{"batch", "Job"}}), now).start.size(), 0u);
  EXPECT_THAT(message(roster, "e"),
              testing::HasSubstr("the limit of 3 for all Deliveries into one cluster"));
  EXPECT_EQ(roster.forget("a").end, std::vector<WatchKey>{kShared});
  EXPECT_EQ(roster.follow_again("e", now).start.size(), 1u) << "there is room";
  EXPECT_EQ(message(roster, "e"), "");
}

TEST_F(WatchRosterTest, ASetThatWasRefusedRestsLongerEachTime) {
  roster_.follow(scope("a", {kDeployment, kSecret}), now_);
  roster_.follow(scope("b", {kSecret}), now_);
  const Error too_many(ErrorCode::kInvalidInput, "too many members");
  EXPECT_EQ(roster_.refuse("a", too_many, now_).end, std::vector<WatchKey>{kShared})
      << "what serves another set goes on";
  EXPECT_EQ(roster_.take_settled(), Texts{"a"});
  EXPECT_EQ(roster_.readiness("a", now_).error->message(), "too many members");
  for (const auto rest : {seconds(5), seconds(10), seconds(20)}) {
    now_ += rest - seconds(1);
    EXPECT_TRUE(roster_.is_resting("a", now_)) << rest.count();
    EXPECT_EQ(roster_.follow(scope("a", {kDeployment, kSecret}), now_).start,
              std::vector<WatchKey>());
    now_ += seconds(1);
    EXPECT_EQ(roster_.follow_again("a", now_).start, std::vector<WatchKey>{kShared});
    EXPECT_EQ(state(), "waiting");
    roster_.refuse("a", too_many, now_);
  }
  EXPECT_EQ(roster_.refuse("nobody", too_many, now_).end, std::vector<WatchKey>());
}

}  // namespace
}  // namespace sealift::members
