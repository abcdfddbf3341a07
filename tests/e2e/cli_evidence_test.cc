// sealift verify --evidence-out and sealift evidence: decisions that are made again later.
#include "cli_fixture.h"

#include <filesystem>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliEvidence : public CliTest {
 protected:
  CliEvidence() {
    make_key("a");
    make_key("b");
    digest_ = push("oci-layout:out:v1", {"--sign", "a.key", "--sequence", "7"});
  }

  ProcessResult check(std::vector<std::string> more) const {
    more.insert(more.begin(), {"evidence", "check", "evidence.json"});
    return sealift(std::move(more));
  }
  void verify(std::vector<std::string> more, int exit_code = 0) const {
    more.insert(more.begin(), {"verify", "oci-layout:out:v1", "--evidence-out", "evidence.json"});
    EXPECT_EQ(sealift(std::move(more)).exit_code, exit_code);
  }

  std::string digest_;
};

TEST_F(CliEvidence, ADecisionIsMadeAgainWithoutTheArtifact) {
  verify({"--key", "a.pub"});
  std::filesystem::remove_all(files().file("out"));
  const auto own = check({});
  EXPECT_EQ(own.exit_code, 0) << own.err;
  EXPECT_THAT(own.out, AllOf(HasSubstr("same      " + digest_), HasSubstr("accepted: \"a.pub\"")));
  EXPECT_THAT(own.err, HasSubstr("warning: the policy is the document's own"));

  const auto known = check({"--key", "a.pub", "--artifact", "oci-layout:out:v1"});
  EXPECT_EQ(known.exit_code, 0) << known.err;
  EXPECT_EQ(known.err, "");
  EXPECT_EQ(check({"--key", "a.pub", "--artifact", "oci-layout:out@" + digest_}).exit_code, 0);
  EXPECT_EQ(check({"--key", "a.pub", "--artifact", digest_}).exit_code, 0);
  const auto json = check({"--key", "a.pub", "-o", "json"});
  ASSERT_OK_ASSIGN(const Json shown, parse_json(json.out, "check"));
  EXPECT_TRUE(*shown.find("holds")->as_bool());
  EXPECT_EQ(shown.string_at({"answer", "digest"}), digest_);

  EXPECT_THAT(check({"--key", "b.pub"}), ends_with(3, "does not hold: answer.verdict"));
  EXPECT_THAT(check({"--artifact", "oci-layout:other:v1"}), ends_with(3, "artifact.repository"));
  EXPECT_THAT(check({"--artifact", "oci-layout:out:v2"}), ends_with(3, "artifact.tag"));
  EXPECT_THAT(check({"--artifact", "no reference"}), ends_with(7, "no reference"));
  EXPECT_THAT(check({"--expect", "refused"}), ends_with(3, "the artifact was accepted"));
  std::string changed = files().read("evidence.json");
  const auto time = changed.find("\"time\": \"20");
  ASSERT_NE(time, std::string::npos);
  files().write("evidence.json", changed.replace(time + 9, 4, "2020"));
  const auto tampered = check({"--key", "a.pub"});
  EXPECT_THAT(tampered, ends_with(3, "digests.time"));
  EXPECT_THAT(tampered.out, HasSubstr("differs: digests.time: this part was changed"));
}

TEST_F(CliEvidence, ARefusalIsOneAsWell) {
  verify({"--key", "b.pub"}, 3);
  EXPECT_THAT(check({}), ends_with(3, "the evidence holds"));
  EXPECT_EQ(check({"--expect", "refused"}).exit_code, 0);
  EXPECT_EQ(check({"--expect", "any"}).exit_code, 0);
  EXPECT_THAT(sealift({"evidence", "check", "missing.json"}), ends_with(4, "missing.json"));
  files().write("evidence.json", "{}");
  EXPECT_THAT(check({}), ends_with(7, "evidence.json.mediaType"));
}

TEST_F(CliEvidence, WhatIsOlderThanBeforeIsRefused) {
  files().write("policy.yaml", key_policy("a"));
  verify({"--policy", "policy.yaml"});
  push("oci-layout:out:v0", {"--sign", "a.key", "--sequence", "6"});
  const std::vector<std::string> after = {"--policy", "policy.yaml", "--after", "evidence.json"};
  auto older = after;
  older.insert(older.begin(), {"verify", "oci-layout:out:v0", "--evidence-out", "older.json"});
  EXPECT_THAT(sealift(older), ends_with(3, "sequence 6 is lower than the sequence 7"));
  EXPECT_THAT(sealift({"evidence", "check", "older.json"}), ends_with(3, "the evidence holds"));
  verify(after);
  auto elsewhere = after;
  elsewhere.insert(elsewhere.begin(), {"verify", "oci-layout:other:v1"});
  EXPECT_THAT(sealift(elsewhere), ends_with(7, "is about another repository"));
  EXPECT_THAT(
      sealift({"verify", "oci-layout:out:v1", "--key", "a.pub", "--after", "evidence.json"}),
      ends_with(2, "give --policy FILE"));
}

// The same answers where there is no network at all.
TEST_F(CliEvidence, NeedsNoNetwork) {
  verify({"--key", "a.pub"});
  const auto here = sealift({"verify", "oci-layout:out:v1", "--key", "a.pub"});
  EXPECT_EQ(without_network({"verify", "oci-layout:out:v1", "--key", "a.pub"}).out, here.out);
  EXPECT_EQ(without_network({"verify", "oci-layout:out:v1", "--key", "b.pub"}).exit_code, 3);
  EXPECT_EQ(without_network({"evidence", "check", "evidence.json", "--key", "a.pub"}).out,
            check({"--key", "a.pub"}).out);
  EXPECT_EQ(without_network({"evidence", "check", "evidence.json", "--key", "b.pub"}).exit_code, 3);
}

}  // namespace
}  // namespace sealift::test
