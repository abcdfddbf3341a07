// sealift freshness: the statement that a tag still is what it is, and the policy that asks for it.
#include "cli_fixture.h"

namespace sealift::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class CliFreshness : public CliTest {
 protected:
  CliFreshness() {
    make_key("release");
    make_key("ci");
    std::string text =
        "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec:\n"
        "  repositories: ['oci-layout:*']\n  signers:\n    keys:\n";
    for (const auto* key : {"release", "ci"}) {
      text += "    - {name: " + std::string(key) +
              ", publicKey: " + dump_json(Json(files().read(std::string(key) + ".pub"))) + "}\n";
    }
    files().write("policy.yaml", text +
                                     "  require: {signatures: {signers: [release]}}\n"
                                     "  freshness: {maxAge: 1h, signers: [ci]}\n");
    files().write("mirror.yaml", text +
                                     "  require: {signatures: {signers: [release]}}\n"
                                     "  freshness: {maxAge: 1h, signers: [ci], repositories: "
                                     "['oci-layout:staging']}\n");
  }

  ProcessResult verify(const std::string& reference,
                       const std::string& policy = "policy.yaml") const {
    return sealift({"verify", reference, "--policy", policy});
  }
};

TEST_F(CliFreshness, IsStatedOfATagAndAskedForByAPolicy) {
  const auto digest = push("oci-layout:out:prod", {"--sign", "release.key"});
  EXPECT_THAT(verify("oci-layout:out:prod"),
              ends_with(3,
                        "a freshness statement by 1 of 1 signer is needed; nobody made one that "
                        "counts; \"ci\" could"));
  const Json stated = succeed_json({"freshness", "oci-layout:out:prod", "--key", "ci.key"});
  EXPECT_EQ(stated.string_at({"repository"}), "oci-layout:out");
  EXPECT_EQ(stated.string_at({"tag"}), "prod");
  EXPECT_EQ(stated.string_at({"digest"}), digest);
  ASSERT_THAT(*stated.find("attestations")->as_array(), SizeIs(1));
  const auto fresh = verify("oci-layout:out:prod");
  EXPECT_EQ(fresh.exit_code, 0) << fresh.err;
  EXPECT_THAT(fresh.out, HasSubstr("met: freshness by 1 of \"ci\""));
  EXPECT_THAT(fresh.out, HasSubstr(", of oci-layout:out:prod as of "));
  EXPECT_THAT(succeed({"freshness", "oci-layout:out:prod", "--key", "ci.key"}),
              HasSubstr("by key sha256:"));
  EXPECT_EQ(verify("oci-layout:out:prod").exit_code, 0);

  // Of this tag and of this artifact.
  push("oci-layout:out:next", {"--sign", "release.key"});
  EXPECT_THAT(verify("oci-layout:out:next"), ends_with(3, "it is about the tag prod"));
  push("oci-layout:out:prod", {"--sign", "release.key", "--sequence", "9000000000"});
  EXPECT_THAT(verify("oci-layout:out:prod"), ends_with(3, "a freshness statement"));
}

// The same artifact under the same tag, with all that was said of it: as promotion leaves it, a
// mirror, or a stick.
TEST_F(CliFreshness, IsOfOneRepositoryAndOfItsCopiesWhereAPolicySaysSo) {
  const auto digest = push("oci-layout:staging:prod", {"--sign", "release.key"});
  succeed({"freshness", "oci-layout:staging:prod", "--key", "ci.key"});
  run_well({"cp", "-r", "staging", "out"});
  EXPECT_EQ(verify("oci-layout:staging:prod").exit_code, 0);
  EXPECT_THAT(verify("oci-layout:out:prod"),
              ends_with(3,
                        "it is about the repository oci-layout:staging, and wanted is "
                        "oci-layout:out: run sealift freshness on that one, or, where it is a "
                        "copy, list what it is a copy of under the policy's "
                        "freshness.repositories"));
  EXPECT_EQ(verify("oci-layout:out:prod", "mirror.yaml").exit_code, 0);

  const Json answer = succeed_json({"verify", "oci-layout:out:prod", "--policy", "mirror.yaml",
                                    "--evidence-out", "out.evidence.json"});
  ASSERT_OK_ASSIGN(const Json document, parse_json(files().read("out.evidence.json"), "evidence"));
  const auto* counted = document.find_path({"answer", "freshness", "counted"});
  ASSERT_NE(counted, nullptr);
  EXPECT_EQ(counted->as_array()->at(0).string_at({"repository"}), "oci-layout:staging");
  succeed({"evidence", "check", "out.evidence.json", "--policy", "mirror.yaml"});
  EXPECT_THAT(sealift({"evidence", "check", "out.evidence.json", "--policy", "policy.yaml"}),
              ends_with(3, "differ"));
  files().write("table.yaml",
                "apiVersion: sealift.dev/v1alpha1\nkind: PolicyTest\nmetadata: {name: shop}\n"
                "spec:\n  policies: [policy.yaml]\n  cases:\n"
                "  - {name: own, artifact: 'oci-layout:staging:prod', expect: {verdict: accepted, "
                "signers: [ci]}}\n"
                "  - {name: copy, artifact: 'oci-layout:out:prod', expect: {verdict: refused, "
                "rule: freshness, missing: [ci], refusals: [wrong_reference]}}\n");
  EXPECT_THAT(succeed({"policy", "test", "table.yaml"}), HasSubstr("2 of 2 as expected"));
  EXPECT_THAT(succeed({"policy", "explain", "oci-layout:out:prod", "--policy", "policy.yaml"}),
              HasSubstr("not met: freshness by 1 of \"ci\""));
  succeed({"freshness", "oci-layout:out:prod", "--key", "ci.key"});
  EXPECT_EQ(verify("oci-layout:out:prod").exit_code, 0);
}

TEST_F(CliFreshness, TakesThePlaceOfWhatItSupersedesAndOfNothingElse) {
  push("oci-layout:out:prod", {"--sign", "release.key"});
  push("oci-layout:out:stable", {"--sign", "release.key"});
  const auto say = [&](const std::string& tag, const std::string& key,
                       const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"freshness", "oci-layout:out:" + tag, "--key", key};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Json done = succeed_json(arguments);
    const Json& made = done.find("attestations")->as_array()->at(0);
    const auto* replaced = made.find("replaced");
    return std::pair(std::string(made.string_at({"digest"})),
                     replaced == nullptr ? std::size_t{0} : replaced->as_array()->size());
  };
  const auto first = say("prod", "ci.key").first;
  say("stable", "ci.key");
  say("prod", "release.key");
  EXPECT_EQ(say("prod", "ci.key").second, 0u);
  EXPECT_THAT(files().read("out/index.json"), HasSubstr(first));
  EXPECT_EQ(say("prod", "ci.key", {"--replace"}).second, 2u);
  EXPECT_THAT(files().read("out/index.json"), Not(HasSubstr(first)));
  EXPECT_EQ(say("prod", "ci.key", {"--replace"}).second, 1u);
  for (const auto* tag : {"prod", "stable"}) {
    EXPECT_EQ(verify(std::string("oci-layout:out:") + tag).exit_code, 0) << tag;
  }
}

TEST_F(CliFreshness, AsksForATagThatIsThere) {
  const auto digest = push("oci-layout:out:prod", {"--sign", "release.key"});
  EXPECT_THAT(sealift({"freshness", "oci-layout:out@" + digest, "--key", "ci.key"}),
              ends_with(2, "freshness is of a tag"));
  EXPECT_THAT(sealift({"freshness", "oci-layout:out:gone", "--key", "ci.key"}),
              ends_with(4, "\"gone\""));
  push("oci-layout:out:prod", {"--sequence", "9000000000"});
  EXPECT_THAT(sealift({"freshness", "oci-layout:out:prod@" + digest, "--key", "ci.key"}),
              ends_with(8, "the tag prod is sha256:"));
}

}  // namespace
}  // namespace sealift::test
