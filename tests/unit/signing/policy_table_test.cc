#include "signed_artifact.h"
#include "support/result_matchers.h"

#include <sealift/signing/policy_table.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::signing {
namespace {

using sealift::test::fails_with;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Json table(const std::string& cases, const std::string& policies = R"(["policy.yaml"])") {
  return parse_json(R"({"apiVersion":"sealift.dev/v1alpha1","kind":"PolicyTest",
      "metadata":{"name":"shop"},"spec":{"policies":)" +
                        policies + R"(,"cases":[)" + cases + "]}}",
                    "table")
      .value();
}

TEST(PolicyTable, ReadsEachField) {
  const std::string digest = Digest::of("before").to_string();
  ASSERT_OK_ASSIGN(
      const auto read,
      parse_policy_table(
          table(R"({"name":"one","artifact":"oci-layout:out:v1","at":"2026-06-01T00:00:00Z",
                    "acceptedBefore":{"digest":")" +
                digest + R"(","sequence":7},
                    "expect":{"verdict":"refused","policy":"shop","rule":"rollback",
                              "missing":["a"],"refusals":["unknown_key"],"reason":"older"}},
                   {"name":"two","evidence":"e.json",
                    "expect":{"verdict":"accepted","signers":["a","b"]}})"),
          "table.yaml"));
  EXPECT_EQ(read.name, "shop");
  EXPECT_THAT(read.policy_files, ElementsAre("policy.yaml"));
  ASSERT_EQ(read.cases.size(), 2u);
  const auto& one = read.cases[0];
  EXPECT_EQ(one.artifact, "oci-layout:out:v1");
  EXPECT_EQ(format_timestamp(one.at.value()), "2026-06-01T00:00:00Z");
  EXPECT_EQ(one.before.value().sequence, 7);
  EXPECT_EQ(one.before->digest.to_string(), digest);
  EXPECT_FALSE(one.expected.is_accepted);
  EXPECT_EQ(one.expected.policy, "shop");
  EXPECT_EQ(one.expected.rule, "rollback");
  EXPECT_THAT(one.expected.missing, ElementsAre("a"));
  EXPECT_THAT(one.expected.refusals, ElementsAre("unknown_key"));
  EXPECT_EQ(one.expected.reason, "older");
  EXPECT_EQ(read.cases[1].evidence_file, "e.json");
  EXPECT_TRUE(read.cases[1].expected.is_accepted);
  EXPECT_THAT(read.cases[1].expected.signers, ElementsAre("a", "b"));
}

TEST(PolicyTable, NamesWhatIsWrong) {
  const std::string good = R"("artifact":"x:1","expect":{"verdict":"accepted"})";
  const struct {
    Json document;
    const char* message;
  } kCases[] = {
      {table(""), "cases: must hold 1 to 1000"},
      {table(R"({"name":"a",)" + good + "}", "[]"), "policies: must name a file"},
      {table(R"({"name":"",)" + good + "}"), "name: must not be empty"},
      {table(R"({"name":"a",)" + good + R"(},{"name":"a",)" + good + "}"), "another case"},
      {table(R"({"name":"a","expect":{"verdict":"accepted"}})"), "one of artifact and evidence"},
      {table(R"({"name":"a","evidence":"e",)" + good + "}"), "one of artifact and evidence"},
      {table(R"({"name":"a","artifact":"x:1","expect":{"verdict":"maybe"}})"),
       "accepted or refused"},
      {table(R"({"name":"a","artifact":"x:1","expect":{"verdict":"refused","rule":"mood"}})"),
       "none of the rules"},
      {table(R"({"name":"a","artifact":"x:1","expect":{"verdict":"accepted","rule":"rollback"}})"),
       "say why not"},
      {table(R"({"name":"a","artifact":"x:1","expects":{}})"), "expect"},
      {table(R"({"name":"a","at":"noon",)" + good + "}"), ".at"},
      {table(R"({"name":"a","acceptedBefore":{"digest":"x","sequence":1},)" + good + "}"),
       "acceptedBefore.digest"},
  };
  for (const auto& [document, message] : kCases) {
    EXPECT_THAT(parse_policy_table(document, "table.yaml"),
                fails_with(ErrorCode::kInvalidInput, message));
  }
}

class Unexpected : public testing::Test {
 protected:
  std::vector<std::string> run(const PolicyExpectation& expected) const {
    const auto verdict = verify({.repository = test::kRepository,
                                 .artifact = artifact_,
                                 .signatures = set_,
                                 .policy = policy_,
                                 .now = parse_timestamp("2026-06-01T00:00:00Z").value()});
    if (const auto* refused = std::get_if<Refused>(&verdict)) {
      return unexpected(expected, &refused->error, &refused->evidence);
    }
    return unexpected(expected, nullptr, &std::get<VerifiedArtifact>(verdict).evidence());
  }

  oci::StoredManifest artifact_ = test::make_artifact();
  SignatureSet set_{{test::bundle_for(test::first_key(), artifact_.descriptor.digest)}, {}};
  TrustPolicy policy_ = test::make_policy();
};

TEST_F(Unexpected, AnAcceptance) {
  EXPECT_THAT(run({.is_accepted = true, .policy = "shop", .rule = "", .signers = {"first"}}),
              IsEmpty());
  EXPECT_THAT(run({.is_accepted = false}), ElementsAre("it must be refused, and is accepted"));
  EXPECT_THAT(run({.is_accepted = true, .policy = "bank", .rule = "", .signers = {"second"}}),
              ElementsAre(HasSubstr("\"bank\" must decide, and \"shop\" does"),
                          AllOf(HasSubstr("\"second\" is expected among those who count"),
                                HasSubstr(": \"first\""))));
}

TEST_F(Unexpected, ARefusal) {
  policy_ = test::make_policy(2);
  const PolicyExpectation right{.is_accepted = false,
                                .policy = "shop",
                                .rule = "threshold",
                                .signers = {"first"},
                                .missing = {"second"},
                                .refusals = {},
                                .reason = "2 of 2 signers"};
  EXPECT_THAT(run(right), IsEmpty());
  EXPECT_THAT(run({.is_accepted = true}),
              ElementsAre(HasSubstr("must be accepted, and is refused")));
  auto wrong = right;
  wrong.rule = "rollback";
  EXPECT_THAT(run(wrong), ElementsAre("the rule rollback must be broken, and it is threshold"));
  wrong = right;
  wrong.missing = {"first"};
  EXPECT_THAT(run(wrong), ElementsAre(HasSubstr("those who could supply what is missing")));
  wrong = right;
  wrong.refusals = {"unknown_key"};
  EXPECT_THAT(run(wrong), ElementsAre(HasSubstr("among the refusals: there are none")));
  wrong = right;
  wrong.reason = "older";
  EXPECT_THAT(run(wrong), ElementsAre(HasSubstr("the refusal must say \"older\"")));
}

TEST_F(Unexpected, WithoutAPolicy) {
  const Error nobody(ErrorCode::kUntrusted, "no trust policy is about it");
  EXPECT_THAT(
      unexpected({.is_accepted = false, .policy = "", .rule = "repository"}, &nobody, nullptr),
      IsEmpty());
  EXPECT_THAT(unexpected({.is_accepted = false, .policy = "shop"}, &nobody, nullptr),
              ElementsAre("the policy \"shop\" must decide, and none does"));
}

}  // namespace
}  // namespace sealift::signing
