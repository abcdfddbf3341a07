#include <sealift/controller/account_rule.h>
#include <sealift/controller/policy_set.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "sample_report.h"
#include "support/faulty_file_system.h"
#include "support/result_matchers.h"

namespace sealift::controller {
namespace {

using test::fails_with;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string public_key(const std::string& name) {
  std::ifstream stream(std::string(SEALIFT_TEST_DATA) + "/crypto/keys/" + name + ".pub");
  return {std::istreambuf_iterator<char>(stream), {}};
}

Json policy(const std::string& name, std::int64_t generation = 1, bool valid = true) {
  Json key(Json::Object{{"name", "k"}, {"publicKey", valid ? public_key("p256") : "none"}});
  Json spec(Json::Object{
      {"repositories", Json(Json::Array{Json("registry.test/" + name)})},
      {"signatures", Json(Json::Object{{"keys", Json(Json::Array{std::move(key)})}})}});
  Json metadata(Json::Object{{"name", name}, {"uid", "uid-" + name}, {"generation", generation}});
  return Json(Json::Object{{"apiVersion", "sealift.dev/v1alpha1"},
                           {"kind", "TrustPolicy"},
                           {"metadata", std::move(metadata)},
                           {"spec", std::move(spec)}});
}

// "a,b" and "a,b (kept)"; "none" where nothing changed.
std::string change_of(PolicySet& set) {
  const auto change = set.take_change();
  if (!change) return "none";
  std::string names;
  for (const auto& one : change->policies) names += (names.empty() ? "" : ",") + one.name;
  return names + (change->problem.empty() ? "" : " (kept)");
}

const Timestamp kNow = parse_timestamp("2026-01-01T00:00:00Z").value();

const roots::RootKeeper& no_roots() {
  static test::FaultyFileSystem disk;
  static const roots::RootKeeper roots(disk, "");
  return roots;
}

PolicySet synced_set(std::initializer_list<Json> policies) {
  PolicySet set(no_roots());
  set.reset();
  for (const auto& one : policies) set.put(one);
  set.synced();
  return set;
}

TEST(PolicySet, IsToldWhenItIsComplete) {
  PolicySet set(no_roots());
  set.reset();
  set.put(policy("a"));
  EXPECT_EQ(change_of(set), "none");
  set.put(policy("b"));
  set.synced();
  EXPECT_EQ(change_of(set), "a,b");
  EXPECT_EQ(change_of(set), "none");
}

TEST(PolicySet, AnEmptyOneIsToldAsWell) {
  auto set = synced_set({});
  EXPECT_EQ(change_of(set), "");
}

TEST(PolicySet, ARepetitionIsNoChange) {
  auto set = synced_set({policy("a")});
  EXPECT_EQ(change_of(set), "a");
  set.put(policy("a"));
  EXPECT_EQ(change_of(set), "none");
  set.put(policy("a", 2));
  EXPECT_EQ(change_of(set), "a");
  set.reset();
  set.put(policy("a", 2));
  set.synced();
  EXPECT_EQ(change_of(set), "none");
}

TEST(PolicySet, WhatIsMissingAfterAResetIsGone) {
  auto set = synced_set({policy("a"), policy("b")});
  EXPECT_EQ(change_of(set), "a,b");
  set.reset();
  set.put(policy("b"));
  EXPECT_EQ(change_of(set), "none") << "half of the policies is not the policies";
  set.synced();
  EXPECT_EQ(change_of(set), "b");
}

TEST(PolicySet, WhileOneIsWrongNothingChanges) {
  auto set = synced_set({policy("a"), policy("b")});
  EXPECT_EQ(change_of(set), "a,b");
  set.put(policy("b", 2, false));
  EXPECT_EQ(change_of(set), "a,b (kept)");
  EXPECT_FALSE(set.is_valid());
  set.put(policy("c"));
  EXPECT_EQ(change_of(set), "a,b (kept)");
  set.remove(policy("a"));
  EXPECT_EQ(change_of(set), "a,b (kept)");
  set.put(policy("b", 3));
  EXPECT_EQ(change_of(set), "b,c");
  EXPECT_TRUE(set.is_valid());
}

TEST(PolicySet, WhereNoneWasInForceAWrongOneLeavesNone) {
  auto set = synced_set({policy("a"), policy("b", 1, false)});
  const auto change = set.take_change();
  ASSERT_TRUE(change.has_value());
  EXPECT_TRUE(change->policies.empty());
  EXPECT_THAT(change->problem, HasSubstr("TrustPolicy b"));
}

TEST(PolicySet, TellsAWrongOneOnce) {
  auto set = synced_set({policy("a", 1, false)});
  const auto invalid = set.take_invalid();
  ASSERT_EQ(invalid.size(), 1u);
  EXPECT_EQ(invalid[0].name, "a");
  EXPECT_EQ(invalid[0].uid, "uid-a");
  EXPECT_TRUE(set.take_invalid().empty());
  set.put(policy("a", 1, false));
  EXPECT_TRUE(set.take_invalid().empty());
  set.put(policy("a", 2, false));
  EXPECT_EQ(set.take_invalid().size(), 1u);
}

// "a: in force", "b 2: held back", … of each policy.
std::vector<std::string> standings(const PolicySet& set) {
  using Standing = PolicyVerdict::Standing;
  std::vector<std::string> out;
  for (const auto& verdict : set.verdicts(kNow)) {
    out.push_back(verdict.name + " " + std::to_string(verdict.generation) +
                  (verdict.standing == Standing::kInForce     ? ": in force"
                   : verdict.standing == Standing::kAmbiguous ? ": ambiguous"
                   : verdict.standing == Standing::kHeldBack  ? ": held back"
                                                              : ": invalid"));
  }
  return out;
}

std::string message_about(const PolicySet& set, std::string_view name) {
  for (const auto& verdict : set.verdicts(kNow)) {
    if (verdict.name == name) return verdict.message;
  }
  return "nothing";
}

TEST(PolicySet, SaysOfEachWhatIsInForce) {
  auto set = synced_set({policy("a"), policy("b")});
  set.take_change();
  EXPECT_THAT(standings(set), ElementsAre("a 1: in force", "b 1: in force"));
  EXPECT_EQ(message_about(set, "a"), "in force");
  set.put(policy("a", 2));
  set.put(policy("b", 2, false));
  set.put(policy("c"));
  set.put(policy("d"));
  set.take_change();
  EXPECT_THAT(standings(set),
              ElementsAre("a 2: held back", "b 2: invalid", "c 1: held back", "d 1: held back"));
  EXPECT_THAT(message_about(set, "a"),
              AllOf(HasSubstr("not valid: b"), HasSubstr("its generation 1 stays in force")));
  EXPECT_THAT(message_about(set, "b"),
              AllOf(HasSubstr("TrustPolicy b"), HasSubstr("its generation 1 stays in force")));
  EXPECT_THAT(message_about(set, "c"), HasSubstr("nothing is in force under its name"));
  set.put(policy("a", 3));
  set.put(policy("b", 3));
  set.take_change();
  EXPECT_THAT(standings(set),
              ElementsAre("a 3: in force", "b 3: in force", "c 1: in force", "d 1: in force"));
}

TEST(PolicySet, AnUnchangedOneStaysInForceBesideAnInvalidOne) {
  auto set = synced_set({policy("a"), policy("b")});
  set.take_change();
  set.put(policy("b", 2, false));
  set.take_change();
  EXPECT_THAT(standings(set), ElementsAre("a 1: in force", "b 2: invalid"));
  EXPECT_THAT(message_about(set, "a"), HasSubstr("no change of any TrustPolicy is until all are "
                                                 "valid; not valid: b"));
}

TEST(PolicySet, TwoThatAreEquallySpecificNameEachOther) {
  auto rival = policy("b");
  rival.find("spec")->set("repositories", Json::Array{"registry.test/a"});
  auto set = synced_set({policy("a"), rival, policy("c")});
  set.take_change();
  EXPECT_THAT(standings(set), ElementsAre("a 1: ambiguous", "b 1: ambiguous", "c 1: in force"));
  EXPECT_THAT(message_about(set, "a"),
              AllOf(HasSubstr("TrustPolicy b"), HasSubstr("registry.test/a")));
  EXPECT_THAT(message_about(set, "b"), HasSubstr("TrustPolicy a"));
  set.put(policy("b", 2));
  set.take_change();
  EXPECT_THAT(standings(set), ElementsAre("a 1: in force", "b 2: in force", "c 1: in force"));
}

TEST(PolicySet, WhatWasDeletedAndStaysInForceIsNamed) {
  auto set = synced_set({policy("a"), policy("b"), policy("c")});
  set.take_change();
  set.put(policy("b", 2, false));
  set.remove(policy("a"));
  set.remove(policy("c"));
  auto again = policy("c");
  again.find("metadata")->set("uid", "another");
  set.put(again);
  set.take_change();
  EXPECT_THAT(message_about(set, "b"), HasSubstr("deleted and still in force: a"));
  EXPECT_THAT(message_about(set, "c"), HasSubstr("a deleted policy of its name stays in force"));
}

TEST(PolicySet, AfterARestartNothingIsInForceUntilAllAreValid) {
  auto set = synced_set({policy("a"), policy("b", 1, false)});
  set.take_change();
  EXPECT_THAT(standings(set), ElementsAre("a 1: held back", "b 1: invalid"));
}

TEST(PolicySet, NamesManyInvalidOnesByTheFirst) {
  auto set = synced_set({policy("z")});
  for (int i = 10; i < 23; ++i) set.put(policy("p" + std::to_string(i), 1, false));
  set.take_change();
  EXPECT_THAT(message_about(set, "z"), AllOf(HasSubstr("p19 and 3 more"), Not(HasSubstr("p20"))));
}

TEST(AccountRule, ADeliveryNeedsAnAccount) {
  auto named = sample_delivery();
  auto unnamed = sample_delivery();
  unnamed.service_account_name.clear();
  struct Case {
    AccountRule rule;
    const delivery::Delivery& delivery;
    std::optional<std::string> account;
  };
  const Case cases[] = {
      {{}, named, "deployer"},
      {{"default", true}, named, "deployer"},
      {{"default", false}, unnamed, "default"},
      {{"default", true}, unnamed, "default"},
      {{"", true}, unnamed, ""},
      {{"", false}, unnamed, std::nullopt},
  };
  for (const auto& c : cases) {
    const auto account = account_for(c.delivery, c.rule);
    if (c.account) {
      ASSERT_OK(account);
      EXPECT_EQ(*account, *c.account);
    } else {
      EXPECT_THAT(account, fails_with(ErrorCode::kForbidden, "spec.serviceAccountName"));
    }
  }
}

}  // namespace
}  // namespace sealift::controller
