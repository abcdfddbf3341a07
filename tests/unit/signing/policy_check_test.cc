#include "signed_artifact.h"

#include <sealift/signing/policy_check.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::signing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kNow = Timestamp(std::chrono::seconds(1'800'000'000));

TrustPolicy named(std::string name, std::vector<std::string> patterns) {
  TrustPolicy policy = test::make_policy();
  policy.name = std::move(name);
  policy.repositories = std::move(patterns);
  return policy;
}

// "KIND of POLICY" of each finding.
std::vector<std::string> found(const std::vector<TrustPolicy>& policies,
                               const std::vector<std::string>& repositories = {}) {
  std::vector<std::string> out;
  for (const auto& finding : check_policies(policies, repositories, kNow)) {
    EXPECT_NE(finding.message, "");
    out.push_back(std::string(to_string(finding.kind)) + " of " + finding.policy);
  }
  return out;
}

TEST(PolicyCheck, FindsNothingInGoodPolicies) {
  EXPECT_THAT(found({}), IsEmpty());
  EXPECT_THAT(found({named("all", {"**"}), named("shop", {"r.io/shop/**"})},
                    {"r.io/shop/web", "r.io/bank"}),
              IsEmpty());
}

TEST(PolicyCheck, HoldsPatternsAgainstRepositories) {
  const std::vector<TrustPolicy> policies = {named("wide", {"r.io/**"}),
                                             named("shop", {"r.io/shop/*", "r.io/none/*"})};
  EXPECT_THAT(found(policies), IsEmpty()) << "without repositories nothing is known";
  EXPECT_THAT(found(policies, {"r.io/shop/web", "other.io/x"}),
              ElementsAre("unreachable of wide", "unmatched_pattern of shop", "uncovered of "));
  EXPECT_THAT(found(policies, {"r.io/x", "r.io/shop/a", "r.io/none/b"}), IsEmpty());
}

TEST(PolicyCheck, FindsPoliciesThatBlockEachOther) {
  EXPECT_THAT(found({named("a", {"r.io/*"}), named("b", {"r.io/*"})}),
              ElementsAre("ambiguous of a", "ambiguous of b"));
  EXPECT_THAT(found({named("a", {"r.io/*"}), named("a", {"x.io/*"})}),
              ElementsAre("duplicate_name of a"));
}

TEST(PolicyCheck, FindsStatementsOfFreshnessThatCountTooWideOrNotAtAll) {
  const auto fresh = [](std::vector<std::string> patterns, std::vector<std::string> places) {
    auto policy = named("shop", std::move(patterns));
    policy.freshness =
        FreshnessRequirement{std::chrono::hours(1), {.signers = {"first"}}, std::move(places)};
    return policy;
  };
  EXPECT_THAT(found({fresh({"mirror.io/shop"}, {})}), IsEmpty());
  EXPECT_THAT(found({fresh({"mirror.io/shop"}, {"r.io/shop"})}), IsEmpty());
  EXPECT_THAT(found({fresh({"mirror.io/**"}, {"r.io/shop", "r.io/*", "**"})}),
              ElementsAre("freshness_place of shop", "freshness_place of shop"));
  EXPECT_THAT(found({fresh({"oci-layout:/usb/*"}, {})}), ElementsAre("freshness_place of shop"));
  EXPECT_THAT(found({fresh({"oci-layout:/usb/*"}, {"r.io/shop"})}), IsEmpty());
}

TEST(PolicyCheck, FindsRootsThatAreNotThereOrTooOld) {
  auto policy = named("shop", {"**"});
  policy.root_folder = RootFolder{.name = "keep", .target = "trusted_root.json"};
  EXPECT_THAT(found({policy}), IsEmpty()) << "nobody has looked";
  policy.root_folder->problem = "it is not there";
  EXPECT_THAT(found({policy}), ElementsAre("root_missing of shop"));
  policy.root_folder->problem.clear();
  policy.root = PolicyRoot{"trust folder keep", Digest::of("{}"), nullptr};
  policy.root_folder->content =
      RootFolder::Content{std::make_shared<const std::string>("{}"), "timestamp 12", kNow};
  EXPECT_THAT(found({policy}), ElementsAre("root_expired of shop"));
  EXPECT_TRUE(check_policies({policy}, {}, kNow).front().is_error());
  policy.root_folder->allowed_since_expiry = std::chrono::hours(1);
  EXPECT_THAT(found({policy}), IsEmpty());
}

TEST(PolicyCheck, FindsKeysThatDoNotCountAndThresholdsThatCannotBeMet) {
  auto policy = named("shop", {"**"});
  policy.keys[0].not_after = kNow;
  EXPECT_THAT(found({policy}), IsEmpty());
  policy.keys[0].not_after = kNow - std::chrono::seconds(1);
  EXPECT_THAT(found({policy}), ElementsAre("key_not_valid of shop")) << "the other can sign";
  policy.keys[1].revoked_at = kNow;
  EXPECT_THAT(found({policy}), ElementsAre("key_not_valid of shop", "key_not_valid of shop",
                                           "threshold_unmet of shop"));
  policy = named("shop", {"**"});
  policy.keys[0].not_before = kNow + std::chrono::hours(1);
  std::get<SignatureRequirement>(policy.require.rule).quorum.threshold = 2;
  EXPECT_THAT(found({policy}), ElementsAre("key_not_valid of shop", "threshold_unmet of shop"));
  const auto findings = check_policies({policy}, {}, kNow);
  EXPECT_FALSE(findings[0].is_error());
  EXPECT_TRUE(findings[1].is_error());
  EXPECT_THAT(findings[1].message, testing::HasSubstr("only \"second\" can sign now"));
  EXPECT_EQ(to_json(findings[1]).string_at({"severity"}), "error");
}

TEST(PolicyCheck, FindsSignersThatAreOneOrNobody) {
  auto policy = named("shop", {"r.io/*"});
  const auto text = [](const char* value) { return sigstore::TextRule::exact(value).value(); };
  policy.identities = {
      {"ci", {text("s"), text("i")}},
      {"again", {text("s"), text("i")}},
      {"other", {text("s"), text("i"), {{sigstore::Claim::kBuildTrigger, text("t")}}}}};
  std::get<SignatureRequirement>(policy.require.rule).quorum.signers = {"first", "ci", "again",
                                                                        "other"};
  EXPECT_THAT(found({policy}), ElementsAre("duplicate_identity of shop", "unused_signer of shop"));
  auto other = named("bank", {"r.io/bank/*"});
  other.keys[0].name = "differently";
  std::get<SignatureRequirement>(other.require.rule).quorum.signers = {"differently", "second"};
  EXPECT_THAT(found({named("shop", {"r.io/*"}), other}), ElementsAre("duplicate_key of bank"));
}

TEST(PolicyCheck, FindsThresholdsThatOneIdentityUnderSeveralNamesCannotMeet) {
  auto policy = named("shop", {"r.io/*"});
  const auto exact = [](const char* value) { return sigstore::TextRule::exact(value).value(); };
  const auto matching = [](const char* value) {
    return sigstore::TextRule::matching(value).value();
  };
  policy.identities = {
      {"ci", {exact("s"), exact("i")}},
      {"main", {exact("s"), exact("i"), {{sigstore::Claim::kBuildTrigger, exact("t")}}}},
      {"elsewhere", {exact("s"), exact("j")}},
      {"any", {matching("s.*"), exact("i")}},
      {"other", {matching("s.*"), exact("i"), {{sigstore::Claim::kBuildTrigger, exact("t")}}}}};
  const struct {
    std::vector<std::string> signers;
    std::uint32_t threshold;
    bool can_be_met;
  } kCases[] = {
      {{"ci", "main"}, 1, true},
      {{"ci", "main"}, 2, false},
      {{"ci", "main", "first"}, 2, true},
      {{"ci", "main", "first"}, 3, false},
      {{"ci", "elsewhere"}, 2, true},
      {{"any", "other"}, 2, true},  // by two whom both patterns fit
      {{"ci", "any"}, 2, true},
      {{"ci", "main", "any", "other"}, 3, true},
      {{"ci", "main", "any", "other"}, 4, false},
  };
  for (const auto& test : kCases) {
    policy.require = Requirement{SignatureRequirement{{test.threshold, test.signers}}};
    std::vector<PolicyFinding> unmet;
    for (auto& finding : check_policies({policy}, {}, kNow)) {
      if (finding.kind == PolicyFinding::Kind::kThresholdUnmet) unmet.push_back(std::move(finding));
    }
    EXPECT_EQ(unmet.empty(), test.can_be_met)
        << testing::PrintToString(test.signers) << test.threshold;
    if (test.can_be_met) continue;
    ASSERT_EQ(unmet.size(), 1u);
    EXPECT_TRUE(unmet[0].is_error());
    EXPECT_THAT(unmet[0].message, testing::HasSubstr("name the same subject and issuer"));
  }
}

}  // namespace
}  // namespace sealift::signing
