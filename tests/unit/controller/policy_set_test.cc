#include <sealift/controller/account_rule.h>
#include <sealift/controller/policy_set.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "sample_report.h"
#include "support/result_matchers.h"

namespace sealift::controller {
namespace {

using test::fails_with;
using testing::HasSubstr;

std::string public_key(const std::string& name) {
  std::ifstream stream(std::string(SEALIFT_TEST_DATA) + "/signing/keys/" + name + ".pub");
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

PolicySet synced_set(std::initializer_list<Json> policies) {
  PolicySet set;
  set.reset();
  for (const auto& one : policies) set.put(one);
  set.synced();
  return set;
}

TEST(PolicySet, IsToldWhenItIsComplete) {
  PolicySet set;
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

TEST(AccountRule, ADeliveryNeedsAnAccount) {
  auto named = sample_delivery();
  auto unnamed = sample_delivery();
  unnamed.service_account_name.clear();
  struct Case {
    AccountRule rule;
    const puller::Delivery& delivery;
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
