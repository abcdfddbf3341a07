#include "signed_artifact.h"

#include <sealift/signing/freshness.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Whether a repository's tag still is the artifact, by statements of the second key.
namespace sealift::signing {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kStaging = "registry.example.com/shop/staging";
const Timestamp kSaid = parse_timestamp("2026-06-01T12:00:00Z").value();
const Timestamp kNow = parse_timestamp("2026-06-02T00:00:00Z").value();

class VerifyFreshness : public testing::Test {
 protected:
  VerifyFreshness() {
    policy_.require = {SignatureRequirement{{.signers = {"first"}}}};
    policy_.freshness = FreshnessRequirement{std::chrono::hours(24), {.signers = {"second"}}};
    set_.pieces.push_back(test::bundle_for(test::first_key(), digest_));
  }

  // Nobody else has said anything.
  void only(const Json& predicate, const crypto::PrivateKey& key = test::second_key()) {
    set_.pieces.resize(1);
    set_.pieces.push_back(test::bundle_of(
        key, std::string(sigstore::kInTotoPayloadType),
        sigstore::attestation_statement("registry.example.com/shop/web", digest_,
                                        std::string(kFreshnessPredicateType), predicate)));
  }
  void only(const FreshnessStatement& statement) { only(to_json(statement)); }
  FreshnessStatement said() const {
    return {std::string(test::kRepository), "stable", digest_, kSaid};
  }

  const Evidence& check(std::optional<std::string_view> tag = "stable") {
    outcome_ = verify({.repository = repository_,
                       .artifact = artifact_,
                       .signatures = set_,
                       .policy = policy_,
                       .now = kNow,
                       .tag = tag});
    const auto* refused = std::get_if<Refused>(&*outcome_);
    error_ = refused ? refused->error.message() : "";
    return refused ? refused->evidence : std::get<VerifiedArtifact>(*outcome_).evidence();
  }
  bool accepts(std::optional<std::string_view> tag = "stable") { return !check(tag).broken_rule; }

  oci::StoredManifest artifact_ = test::make_artifact({{"dev.sealift.sequence", "1"}});
  const Digest& digest_ = artifact_.descriptor.digest;
  std::string repository_ = std::string(test::kRepository);
  SignatureSet set_;
  TrustPolicy policy_ = test::make_policy();
  std::optional<std::variant<VerifiedArtifact, Refused>> outcome_;
  std::string error_;
};

TEST_F(VerifyFreshness, NoticesATagThatIsHeldBack) {
  EXPECT_TRUE(accepts(std::nullopt)) << "an older one, on purpose";
  EXPECT_FALSE(accepts());
  EXPECT_EQ(check().broken_rule, PolicyRule::kFreshness);
  EXPECT_THAT(error_, HasSubstr("a freshness statement by 1 of 1 signer is needed"));
  const auto with = [&](auto change) {
    auto statement = said();
    change(statement);
    return to_json(statement);
  };
  const auto from = [&](Timestamp time) {
    return with([&](FreshnessStatement& statement) { statement.time = time; });
  };
  const auto changed = [&](const char* member, Json value) {
    Json predicate = to_json(said());
    predicate.set(member, std::move(value));
    return predicate;
  };
  const auto day = std::chrono::hours(24);
  const struct {
    const char* name;
    Json predicate;
    const char* refusal;  // null: accepted
    const char* reason = "";
  } kCases[] = {
      {"fresh", to_json(said()), nullptr},
      {"just fresh enough", from(kNow - day), nullptr},
      {"too old", from(kNow - day - std::chrono::seconds(1)), "stale",
       "it is from 2026-05-31T23:59:59Z and may be 24h old, so that it has not counted since "
       "2026-06-01T23:59:59Z"},
      {"clocks differ", from(kNow + kMaxClockSkew), nullptr},
      {"from the future", from(kNow + std::chrono::hours(1)), "stale", "in the future"},
      {"another tag", with([](auto& said) { said.tag = "edge"; }), "wrong_reference",
       "it is about the tag edge, and asked for is stable"},
      {"another digest", with([](auto& said) { said.digest = Digest::of("x"); }), "wrong_subject"},
      {"another repository", with([](auto& said) { said.repository = kStaging; }),
       "wrong_reference",
       "it is about the repository registry.example.com/shop/staging, and wanted is "
       "registry.example.com/shop/web: run sealift freshness on that one"},
      {"no repository", changed("repository", nullptr), "malformed", "repository: is required"},
      {"an empty repository", changed("repository", ""), "malformed", "must not be empty"},
      {"a pattern is no name", changed("repository", "**"), "wrong_reference"},
      {"no tag", changed("tag", nullptr), "malformed"},
      {"no time", changed("time", nullptr), "malformed"},
      {"no object", Json::array(), "malformed"},
      {"of a newer version", changed("more", 1), nullptr},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.name);
    only(test.predicate);
    const auto& evidence = check();
    ASSERT_EQ(evidence.broken_rule.has_value(), test.refusal != nullptr) << error_;
    if (test.refusal == nullptr) continue;
    EXPECT_EQ(refusal_name(evidence.refused.at(0)), test.refusal);
    EXPECT_THAT(error_, HasSubstr(test.reason));
  }
  auto edge = said();
  edge.tag = "edge";
  only(edge);
  EXPECT_TRUE(accepts("")) << "asked for by its digest";
  only(to_json(said()), test::first_key());
  EXPECT_FALSE(accepts()) << "by somebody else";
}

// One artifact under one tag in two repositories, as promotion leaves it; or in a mirror.
TEST_F(VerifyFreshness, CountsOfTheRepositoryAndOfWhatItIsACopyOf) {
  const struct {
    const char* verified;
    const char* stated;
    std::vector<std::string> copied_from;
    bool counts;
  } kCases[] = {
      {"r.io/shop", "r.io/shop", {}, true},
      {"r.io/shop", "r.io:443/shop", {}, true},
      {"r.io:80/shop", "r.io/shop", {}, true},
      {"r.io/shop", "r.io:5000/shop", {}, false},
      {"r.io/shop", "r.io/staging", {}, false},
      {"mirror.io/shop", "r.io/shop", {}, false},
      {"mirror.io/shop", "r.io/shop", {"r.io/shop"}, true},
      {"mirror.io/shop", "r.io:443/shop", {"r.io/shop"}, true},
      {"mirror.io/shop", "mirror.io/shop", {"r.io/shop"}, true},
      {"mirror.io/shop", "r.io/staging", {"r.io/shop"}, false},
      {"mirror.io/shop", "r.io/staging", {"x.io/a", "r.io/*"}, true},
      {"oci-layout:/usb/shop", "r.io/shop", {}, false},
      {"oci-layout:/usb/shop", "r.io/shop", {"r.io/shop"}, true},
      {"oci-layout:out", "oci-layout:out", {}, true},
      {"oci-layout:/usb/*", "oci-layout:/usb/shop", {}, false},
  };
  policy_.repositories = {"**"};
  for (const auto& test : kCases) {
    SCOPED_TRACE(std::string(test.stated) + " for " + test.verified);
    auto statement = said();
    statement.repository = test.stated;
    only(statement);
    repository_ = test.verified;
    policy_.freshness->repositories = test.copied_from;
    EXPECT_EQ(accepts(), test.counts) << error_;
  }
  repository_ = "mirror.io/shop";
  policy_.freshness->repositories = {"r.io/a", "r.io/b"};
  EXPECT_FALSE(accepts());
  EXPECT_THAT(error_, HasSubstr("wanted is mirror.io/shop, or by the policy r.io/a, r.io/b"));
}

TEST_F(VerifyFreshness, TellsTheStaleOneAndNotThatOfAnotherPlace) {
  auto elsewhere = said();
  elsewhere.repository = kStaging;
  only(elsewhere);
  const auto other = set_.pieces.back();
  auto old = said();
  old.time = kNow - std::chrono::hours(48);
  only(old);
  set_.pieces.insert(set_.pieces.begin() + 1, other);
  EXPECT_FALSE(accepts());
  EXPECT_THAT(error_, AllOf(HasSubstr("1 stale, 1 wrong_reference"),
                            HasSubstr("it is from 2026-05-31T00:00:00Z")));
}

TEST_F(VerifyFreshness, SaysWhatWasStatedOfWhatAndWhen) {
  only(said());
  const auto& evidence = check();
  ASSERT_FALSE(evidence.broken_rule) << error_;
  ASSERT_THAT(evidence.freshness.value().votes, SizeIs(1));
  const Json json = to_json(evidence);
  const Json& counted = json.find_path({"freshness", "counted"})->as_array()->at(0);
  EXPECT_EQ(counted.string_at({"signer"}), "second");
  EXPECT_EQ(counted.string_at({"repository"}), test::kRepository);
  EXPECT_EQ(counted.string_at({"tag"}), "stable");
  EXPECT_EQ(counted.string_at({"time"}), "2026-06-01T12:00:00Z");
  EXPECT_THAT(describe(evidence),
              HasSubstr("\"second\" by referrer sha256:test, of registry.example.com/shop/web:"
                        "stable as of 2026-06-01T12:00:00Z"));
}

}  // namespace
}  // namespace sealift::signing
