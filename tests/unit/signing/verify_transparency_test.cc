#include "requirement_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// What requirements make of the log entries that are stored with a signature.
namespace sealift::signing {
namespace {

using sealift::test::TestKey;
using test::all;
using test::any;
using test::kSigned;
using test::signatures;
using test::sigstore_of_ours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class VerifyTransparency : public test::RequirementCase {};

TEST_F(VerifyTransparency, TransparencyIsRequiredPreferredOrWaived) {
  const auto by_key = [&] {
    auto what = draft();
    static const auto key = TestKey::ec();
    what.key = key;
    policy_.keys = {{"release", crypto::PublicKey::from_der(key.public_der(), "key").value()}};
    return sigstore_of_ours().bundle(what);
  };
  const auto without_log = [](Json bundle) {
    bundle.find("verificationMaterial")->set("tlogEntries", Json::array());
    return bundle;
  };
  const auto broken_log = [](Json bundle) {
    bundle.find("verificationMaterial")
        ->find("tlogEntries")
        ->as_array()
        ->at(0)
        .set("logIndex", "7");
    return bundle;
  };
  const Json certified = sigstore_of_ours().bundle(draft());
  const Json keyed = by_key();
  using enum Transparency;
  const struct {
    const char* name;
    Json bundle;
    std::optional<Transparency> transparency;
    const char* refusal;  // null: accepted
    std::size_t logs;
  } kCases[] = {
      {"identity, by default", certified, {}, nullptr, 1},
      {"identity, by default, no log", without_log(certified), {}, "log_evidence_missing", 0},
      {"identity, preferred, no log", without_log(certified), kPreferred, nullptr, 0},
      {"identity, preferred, broken", broken_log(certified), kPreferred, "promise", 0},
      {"identity, waived, broken", broken_log(certified), kWaived, nullptr, 0},
      {"key, by default", without_log(keyed), {}, nullptr, 0},
      {"key, by default, logged", keyed, {}, nullptr, 0},
      {"key, by default, broken", broken_log(keyed), {}, nullptr, 0},
      {"key, preferred", keyed, kPreferred, nullptr, 1},
      {"key, preferred, no log", without_log(keyed), kPreferred, nullptr, 0},
      {"key, preferred, broken", broken_log(keyed), kPreferred, "promise", 0},
      {"key, required", keyed, kRequired, nullptr, 1},
      {"key, required, no log", without_log(keyed), kRequired, "log_evidence_missing", 0},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.name);
    set_.pieces.clear();
    add(test.bundle);
    policy_.require = signatures({"ci", "release"}, 1, test.transparency);
    const auto& evidence = check();
    ASSERT_EQ(evidence.broken_rule.has_value(), test.refusal != nullptr) << error_;
    if (test.refusal != nullptr) {
      EXPECT_EQ(refusal_name(evidence.refused.at(0)), test.refusal);
    } else {
      EXPECT_THAT(evidence.accepted.at(0).logs, SizeIs(test.logs));
    }
  }
}

TEST_F(VerifyTransparency, TransparencyIsAskedForByEachRequirement) {
  Json bundle = sigstore_of_ours().bundle(draft());
  bundle.find("verificationMaterial")->set("tlogEntries", Json::array());
  add(bundle);
  const auto waived = signatures({"ci"}, 1, Transparency::kWaived);
  policy_.require = any({signatures({"ci"}), waived});
  const auto& evidence = check();
  ASSERT_FALSE(evidence.broken_rule) << error_;
  EXPECT_FALSE(evidence.requirements->of.at(0).is_met);
  EXPECT_TRUE(evidence.requirements->of.at(1).is_met);
  policy_.require = all({signatures({"ci"}), waived});
  EXPECT_FALSE(accepts());
}

// Two requirements that treat logs differently look at the same piece, each for itself.
TEST_F(VerifyTransparency, WhatOneRequirementWaivesDecidesNothingForAnother) {
  using enum Transparency;
  static const auto key = TestKey::ec();
  auto keyed = draft();
  keyed.key = key;
  keyed.is_stamped = false;
  auto certified = draft();
  certified.is_stamped = false;
  const auto changed_entry = [](Json bundle, auto change) {
    change(*bundle.find("verificationMaterial")->find("tlogEntries")->as_array());
    return bundle;
  };
  const Json by_key = sigstore_of_ours().bundle(keyed);
  const Timestamp after = kSigned + std::chrono::hours(1);
  struct Case {
    const char* name;
    Json bundle;
    std::optional<Timestamp> not_before, revoked_at;
    bool required, preferred, waived;
  };
  const Case kCases[] = {
      {"only the log proves that it is older", by_key, {}, after, true, true, false},
      {"only the log proves that it is too old", by_key, after, {}, false, false, true},
      {"the entry is broken",
       changed_entry(by_key, [](auto& entries) { entries.at(0).set("logIndex", "7"); }),
       {},
       {},
       false,
       false,
       true},
      {"there is no entry",
       changed_entry(by_key, [](auto& entries) { entries.clear(); }),
       {},
       {},
       false,
       true,
       true},
      {"only the log has the time of a certificate",
       sigstore_of_ours().bundle(certified),
       {},
       {},
       true,
       true,
       false},
  };
  for (const auto& test : kCases) {
    set_.pieces.clear();
    add(test.bundle);
    policy_.keys = {{"release", crypto::PublicKey::from_der(key.public_der(), "key").value(),
                     test.not_before, std::nullopt, test.revoked_at}};
    const std::pair<Transparency, bool> kWays[] = {
        {kRequired, test.required}, {kPreferred, test.preferred}, {kWaived, test.waived}};
    for (const auto& [one, one_counts] : kWays) {
      for (const auto& [other, other_counts] : kWays) {
        SCOPED_TRACE(std::string(test.name) + ": " + std::string(to_string(one)) + " and " +
                     std::string(to_string(other)));
        policy_.require =
            any({signatures({"ci", "release"}, 1, one), signatures({"ci", "release"}, 1, other)});
        const auto& evidence = check();
        EXPECT_EQ(evidence.requirements->of.at(0).is_met, one_counts);
        EXPECT_EQ(evidence.requirements->of.at(1).is_met, other_counts);
        EXPECT_EQ(evidence.broken_rule.has_value(), !one_counts && !other_counts);
      }
    }
  }
}

TEST_F(VerifyTransparency, EvidenceNamesALogWhereARequirementLookedAtIt) {
  using enum Transparency;
  add(draft());
  const auto by = [](Transparency transparency) { return signatures({"ci"}, 1, transparency); };
  const struct {
    Transparency one, other;
    std::size_t logs;
  } kCases[] = {{kRequired, kWaived, 1}, {kWaived, kRequired, 1}, {kWaived, kWaived, 0}};
  for (const auto& test : kCases) {
    policy_.require = all({by(test.one), by(test.other)});
    const auto& evidence = check();
    ASSERT_THAT(evidence.accepted, SizeIs(1));
    EXPECT_THAT(evidence.accepted[0].logs, SizeIs(test.logs));
    EXPECT_THAT(evidence.accepted[0].timestamps, SizeIs(1));
    EXPECT_EQ(evidence.accepted[0].signed_at, kSigned);
  }
}

TEST_F(VerifyTransparency, SaysWhyAnEntryIsNoTimeWhereTheLogIsWaived) {
  auto unstamped = draft();
  unstamped.is_stamped = false;
  add(unstamped);
  policy_.require = signatures({"ci"}, 1, Transparency::kWaived);
  EXPECT_THAT(refusals(), ElementsAre("no_time"));
  EXPECT_THAT(check().refused.at(0).reason,
              HasSubstr("it needs a time stamp, because the log is waived here"));
}

TEST_F(VerifyTransparency, NamesTheSubjectWhereNoEntryIsNeeded) {
  auto other = draft();
  other.artifact = "another";
  Json bundle = sigstore_of_ours().bundle(other);
  bundle.find("verificationMaterial")->set("tlogEntries", Json::array());
  add(bundle);
  policy_.require = signatures({"ci"}, 1, Transparency::kPreferred);
  EXPECT_THAT(refusals(), ElementsAre("wrong_subject"));
}

}  // namespace
}  // namespace sealift::signing
