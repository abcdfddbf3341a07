#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "watch_roster_fixture.h"

namespace sealift::members {
namespace {

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

class WatchRosterRefusal : public WatchRosterTest {};

TEST_F(WatchRosterRefusal, ASetThatWasRefusedRestsLongerEachTime) {
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
