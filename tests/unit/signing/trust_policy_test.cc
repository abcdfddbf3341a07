#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/signing/trust_policy.h>

#include <gtest/gtest.h>

namespace sealift::signing {
namespace {

using sealift::test::fails_with;
using sealift::test::test_data;

Json good_document() {
  const Json::Object first{{"name", "release"}, {"publicKey", test_data("crypto/keys/p256.pub")}};
  const Json::Object second{{"name", "release-2"},
                            {"publicKey", test_data("crypto/keys/ed25519.pub")},
                            {"notBefore", "2026-01-01T00:00:00Z"},
                            {"notAfter", "2027-01-01T00:00:00Z"}};
  const Json::Object signatures{{"threshold", 2}, {"keys", Json::Array{first, second}}};
  return Json::Object{{"apiVersion", "sealift.dev/v1alpha1"},
                      {"kind", "TrustPolicy"},
                      {"metadata", Json::Object{{"name", "shop"}, {"labels", Json::object()}}},
                      {"spec", Json::Object{{"repositories", Json::Array{"r.example.com/shop/**"}},
                                            {"signatures", signatures},
                                            {"maxAge", "720h"}}}};
}

const Quorum& quorum_of(const TrustPolicy& policy) {
  return std::get<SignatureRequirement>(policy.require.rule).quorum;
}

TEST(TrustPolicy, ReadsEachField) {
  ASSERT_OK_ASSIGN(const auto policy, parse_trust_policy(good_document(), "policy.yaml"));
  EXPECT_EQ(policy.name, "shop");
  EXPECT_EQ(policy.repositories, std::vector<std::string>{"r.example.com/shop/**"});
  EXPECT_EQ(quorum_of(policy).threshold, 2u);
  EXPECT_EQ(quorum_of(policy).signers, (std::vector<std::string>{"release", "release-2"}));
  EXPECT_FALSE(quorum_of(policy).transparency);
  EXPECT_FALSE(policy.root);
  EXPECT_FALSE(policy.freshness);
  ASSERT_EQ(policy.keys.size(), 2u);
  EXPECT_EQ(policy.keys[0].name, "release");
  EXPECT_EQ(policy.keys[0].key.type(), crypto::KeyType::kEcdsaP256);
  EXPECT_FALSE(policy.keys[0].not_before);
  EXPECT_EQ(format_timestamp(policy.keys[1].not_before.value()), "2026-01-01T00:00:00Z");
  EXPECT_EQ(format_timestamp(policy.keys[1].not_after.value()), "2027-01-01T00:00:00Z");
  EXPECT_EQ(policy.rollback, TrustPolicy::Rollback::kDeny);
  EXPECT_EQ(policy.max_age, std::chrono::hours(720));
}

TEST(TrustPolicy, HasStrictDefaults) {
  Json document = good_document();
  document.find("spec")->find("signatures")->erase("threshold");
  document.find("spec")->erase("maxAge");
  ASSERT_OK_ASSIGN(const auto policy, parse_trust_policy(document, "policy.yaml"));
  EXPECT_EQ(quorum_of(policy).threshold, 1u);
  EXPECT_EQ(policy.rollback, TrustPolicy::Rollback::kDeny);
  EXPECT_FALSE(policy.max_age);
}

TEST(TrustPolicy, RefusesEachBrokenRule) {
  using Change = void (*)(Json& spec, Json& document);
  const auto keys = [](Json& spec) -> Json::Array& {
    return *spec.find("signatures")->find("keys")->as_array();
  };
  static const auto kKeys = keys;
  const struct {
    const char* message;
    Change change;
  } kCases[] = {
      {"kind", [](Json&, Json& top) { top.set("kind", "Delivery"); }},
      {"kind", [](Json&, Json& top) { top.set("apiVersion", "sealift.dev/v9"); }},
      {"metadata.name", [](Json&, Json& top) { top.find("metadata")->erase("name"); }},
      {"metadata.name", [](Json&, Json& top) { top.find("metadata")->set("name", ""); }},
      {"extra", [](Json&, Json& top) { top.set("extra", 1); }},
      {"spec", [](Json&, Json& top) { top.erase("spec"); }},
      {"maxage", [](Json& spec, Json&) { spec.set("maxage", "1h"); }},
      {"maxAge", [](Json& spec, Json&) { spec.set("maxAge", "0s"); }},
      {"maxAge", [](Json& spec, Json&) { spec.set("maxAge", "soon"); }},
      {"rollback", [](Json& spec, Json&) { spec.set("rollback", "maybe"); }},
      {"repositories", [](Json& spec, Json&) { spec.erase("repositories"); }},
      {"repositories", [](Json& spec, Json&) { spec.set("repositories", Json::array()); }},
      {"repositories",
       [](Json& spec, Json&) { spec.set("repositories", Json::Array{"oci://a/b"}); }},
      {"1 to 256",
       [](Json& spec, Json&) { spec.set("repositories", Json::Array(257, Json("a/b"))); }},
      {"signatures", [](Json& spec, Json&) { spec.erase("signatures"); }},
      {"at least one key",
       [](Json& spec, Json&) { spec.find("signatures")->set("keys", Json::array()); }},
      {"more than 32 keys",
       [](Json& spec, Json&) {
         spec.find("signatures")->set("keys", Json::Array(33, kKeys(spec)[0]));
       }},
      {"threshold", [](Json& spec, Json&) { spec.find("signatures")->set("threshold", 0); }},
      {"threshold", [](Json& spec, Json&) { spec.find("signatures")->set("threshold", -1); }},
      {"threshold", [](Json& spec, Json&) { spec.find("signatures")->set("threshold", 3); }},
      {"the name \"release\"", [](Json& spec, Json&) { kKeys(spec)[1].set("name", "release"); }},
      {"same key",
       [](Json& spec, Json&) {
         kKeys(spec)[1].set("publicKey", *kKeys(spec)[0].find("publicKey"));
       }},
      {"keys[1].notAfter",
       [](Json& spec, Json&) { kKeys(spec)[1].set("notAfter", "2025-01-01T00:00:00Z"); }},
      {"keys[1].notBefore", [](Json& spec, Json&) { kKeys(spec)[1].set("notBefore", "2025"); }},
      {"keys[0].publicKey", [](Json& spec, Json&) { kKeys(spec)[0].set("publicKey", "no PEM"); }},
      {"keys[0].name", [](Json& spec, Json&) { kKeys(spec)[0].set("name", ""); }},
      {"keys[0].key", [](Json& spec, Json&) { kKeys(spec)[0].set("key", "x"); }},
  };
  for (const auto& test : kCases) {
    Json document = good_document();
    test.change(*document.find("spec"), document);
    const auto policy = parse_trust_policy(document, "policy.yaml");
    EXPECT_THAT(policy, fails_with(ErrorCode::kInvalidInput, test.message)) << test.message;
    if (!policy) {
      EXPECT_EQ(policy.error().message().rfind("policy.yaml", 0), 0u) << policy.error().message();
    }
  }
}

TEST(RepositoryPattern, Matches) {
  const struct {
    const char* pattern;
    const char* repository;
    bool matches;
  } kCases[] = {
      {"r.io/shop", "r.io/shop", true},
      {"r.io/shop", "r.io/shop2", false},
      {"r.io/shop", "r.io/shop/web", false},
      {"r.io/*", "r.io/shop", true},
      {"r.io/*", "r.io/shop/web", false},
      {"r.io/shop-*", "r.io/shop-web", true},
      {"r.io/shop-*", "r.io/shop", false},
      {"r.io/*-web", "r.io/a-web-web", true},
      {"r.io/*a*b*", "r.io/xaxbx", true},
      {"r.io/*a*b*", "r.io/xbxax", false},
      {"r.io/**", "r.io/shop/web/x", true},
      {"r.io/**", "r.io", true},
      {"r.io/**", "r.iox/shop", false},
      {"r.io/**/web", "r.io/web", true},
      {"r.io/**/web", "r.io/a/b/web", true},
      {"r.io/**/web", "r.io/a/webs", false},
      {"**", "anything/at/all", true},
      {"**", "oci-layout:/var/lib/shop", true},
      {"oci-layout:/var/**", "oci-layout:/var/lib/shop", true},
      {"*.example.com/shop", "r.example.com/shop", true},
      {"*.example.com/shop", "r.evil.com/.example.com/shop", false},
      {"R.io/shop", "r.io/shop", false},
      {"r.io/shop/**", "r.io:443/shop/web", true},
      {"r.io:443/shop", "r.io/shop", true},
      {"r.io/shop", "r.io:0443/shop", true},
      {"r.io/shop", "r.io:80/shop", true},
      {"r.io/shop", "r.io:5000/shop", false},
      {"r.io:5000/shop", "r.io:05000/shop", true},
      {"[::1]:443/shop", "[::1]/shop", true},
      {"oci-layout:/usb/**", "oci-layout:/usb/../etc", false},
      {"oci-layout:/usb/**", "oci-layout:/usb/./shop", false},
      {"oci-archive:/usb/**", "oci-archive:/usb/My shop.tar", true},
      {"oci-archive:/usb/**", "oci-archive:/usb/../shop.tar", false},
      {"oci-archive:*", "oci-archive:..", false},
      {"oci-layout:/usb/**", "oci-archive:/usb/shop.tar", false},
      {"oci-layout:/usb/*/shop", "oci-layout:/usb/../shop", false},
      {"oci-layout:*/shop", "oci-layout:../shop", false},
      {"oci-layout:../shop", "oci-layout:../shop", true},
      {"oci-layout:/usb/..*/x", "oci-layout:/usb/..a/x", true},
      {"**", "oci-layout:../../out", true},
      {"r.io/s.op", "r.io/shop", false},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(repository_pattern_matches(test.pattern, test.repository), test.matches)
        << test.pattern << " " << test.repository;
  }
}

TEST(RepositoryPattern, IsRefusedWhereItCannotMeanWhatItSays) {
  const std::pair<std::string, const char*> kCases[] = {
      {"", "is empty"},         {"oci://r.io/shop", "scheme"},
      {"r.io/shop:v1", "tag"},  {"r.io/shop@sha256:00", "digest"},
      {"r.io//shop", "empty"},  {"r.io/shop/", "empty"},
      {"r.io/a**", "inside"},   {"r.io/***", "inside"},
      {"r.io/\n", "control"},   {"R.io/shop", "capital letters"},
      {" r.io/shop", "blanks"}, {std::string(600, 'a'), "longer than 512"},
  };
  for (const auto& [pattern, message] : kCases) {
    Json document = good_document();
    document.find("spec")->set("repositories", Json::Array{pattern});
    EXPECT_THAT(parse_trust_policy(document, "p"), fails_with(ErrorCode::kInvalidInput, message))
        << pattern;
  }
  for (const char* pattern :
       {"localhost:5000/shop", "r.io:5000/**", "oci-layout:/srv/My shop", "**"}) {
    Json document = good_document();
    document.find("spec")->set("repositories", Json::Array{pattern});
    EXPECT_OK(parse_trust_policy(document, "p")) << pattern;
  }
}

TrustPolicy named(std::string name, std::vector<std::string> patterns) {
  TrustPolicy policy;
  policy.name = std::move(name);
  policy.repositories = std::move(patterns);
  return policy;
}

TEST(SelectPolicy, PrefersTheMostSpecificPattern) {
  const std::vector<TrustPolicy> policies{named("all", {"**"}), named("shop", {"r.io/shop/**"}),
                                          named("web", {"r.io/none", "r.io/shop/w*"})};
  const std::pair<const char*, const char*> kCases[] = {
      {"r.io/bank", "all"}, {"r.io/shop/api", "shop"}, {"r.io/shop/web", "web"}};
  for (const auto& [repository, name] : kCases) {
    ASSERT_OK_ASSIGN(const auto* policy, select_policy(policies, repository));
    EXPECT_EQ(policy->name, name);
  }
}

TEST(SelectPolicy, WithoutAPolicyTheAnswerIsNo) {
  EXPECT_THAT(select_policy({}, "r.io/shop"),
              fails_with(ErrorCode::kUntrusted, "there are no policies"));
  EXPECT_THAT(select_policy({named("bank", {"r.io/bank"})}, "r.io/shop"),
              fails_with(ErrorCode::kUntrusted, "r.io/bank"));
}

TEST(SelectPolicy, RefusesATie) {
  EXPECT_THAT(select_policy({named("one", {"r.io/*/a"}), named("two", {"r.io/a/*"})}, "r.io/a/a"),
              fails_with(ErrorCode::kUntrusted, "\"one\" and \"two\" are equally specific"));
  // A tie between less specific patterns does not matter.
  EXPECT_OK(select_policy(
      {named("one", {"r.io/*/a"}), named("two", {"r.io/a/*"}), named("three", {"r.io/a/a"})},
      "r.io/a/a"));
}

// "a and b about r.io/x" of each policy that has one.
std::vector<std::string> rivals_of(const std::vector<TrustPolicy>& policies) {
  std::vector<std::string> out;
  for (const auto& [name, rival] : find_rivals(policies)) {
    EXPECT_THAT(select_policy(policies, rival.repository),
                fails_with(ErrorCode::kUntrusted, "equally specific"));
    out.push_back(name + " and " + rival.name + " about " + rival.repository);
  }
  return out;
}

TEST(FindRivals, NamesThoseOfWhichNeitherDecides) {
  using testing::ElementsAre;
  using testing::IsEmpty;
  EXPECT_THAT(rivals_of({named("a", {"r.io/x/**"}), named("b", {"r.io/y", "r.io/x/**"})}),
              ElementsAre("a and b about r.io/x/any", "b and a about r.io/x/any"));
  EXPECT_THAT(rivals_of({named("a", {"**"}), named("b", {"**"}), named("c", {"r.io/**"})}),
              ElementsAre("a and b about any", "b and a about any"));
  EXPECT_THAT(rivals_of({named("a", {"r.io/x/*"}), named("b", {"r.io/x/**"})}),
              ElementsAre("a and b about r.io/x/any", "b and a about r.io/x/any"));
  EXPECT_THAT(rivals_of({named("a", {"r.io/*/a"}), named("b", {"r.io/a/*"})}),
              ElementsAre("a and b about r.io/a/a", "b and a about r.io/a/a"));
  EXPECT_THAT(
      rivals_of({named("a", {"r.io/*/a"}), named("b", {"r.io/a/*"}), named("c", {"r.io/a/a"})}),
      IsEmpty())
      << "another one decides";
  EXPECT_THAT(rivals_of({named("a", {"r.io/x", "r.io/x"}), named("b", {"r.io/y"})}), IsEmpty());
  EXPECT_THAT(
      rivals_of({named("a", {"oci-layout:/srv/*"}), named("b", {"oci-layout:/srv/*"})}),
      ElementsAre("a and b about oci-layout:/srv/any", "b and a about oci-layout:/srv/any"));
}

TEST(PolicyForKey, AcceptsAnyRepositoryAndRollback) {
  const auto key = crypto::PublicKey::from_pem(test_data("crypto/keys/p256.pub"), "key").value();
  const auto policy = policy_for_key(key, "cosign.pub");
  EXPECT_TRUE(repository_pattern_matches(policy.repositories.at(0), "oci-layout:/tmp/x"));
  EXPECT_EQ(policy.rollback, TrustPolicy::Rollback::kAllow);
  EXPECT_EQ(policy.keys.at(0).name, "cosign.pub");
}

}  // namespace
}  // namespace sealift::signing
