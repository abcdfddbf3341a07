// sealift policy: mistakes in policies, and how an artifact fares under one.
#include "cli_fixture.h"

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class CliPolicy : public CliTest {
 protected:
  CliPolicy() {
    make_key("release");
    make_key("security");
  }

  // Two signers of two, and `more` in its spec.
  std::string policy(const std::string& name, const std::string& pattern,
                     const std::string& more = "") const {
    std::string text =
        "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: " + name +
        "}\nspec:\n  repositories: ['" + pattern + "']\n  signers:\n    keys:\n";
    for (const auto* key : {"release", "security"}) {
      Json quoted(files().read(std::string(key) + ".pub"));
      text += "      - {name: " + std::string(key) + ", publicKey: " + dump_json(quoted) + "}\n";
    }
    return text +
           "  require:\n    all:\n      - signatures: {signers: [release]}\n"
           "      - signatures: {signers: [security]}\n" +
           more;
  }
};

TEST_F(CliPolicy, CheckFindsMistakes) {
  files().write("good.yaml", policy("shop", "r.io/shop/*"));
  EXPECT_THAT(succeed({"policy", "check", "good.yaml"}), HasSubstr("checked   1 policy"));
  files().write("list", "# ours\nr.io/bank\n");
  const Json warned = succeed_json({"policy", "check", "good.yaml", "--repositories", "list"});
  const auto& findings = *warned.find("findings")->as_array();
  ASSERT_THAT(findings, SizeIs(2));
  EXPECT_EQ(findings[0].string_at({"kind"}), "unmatched_pattern");
  EXPECT_EQ(findings[0].string_at({"severity"}), "warning");
  EXPECT_EQ(findings[1].string_at({"kind"}), "uncovered");

  files().write("rival.yaml", policy("rival", "r.io/shop/*"));
  const auto blocked = sealift({"policy", "check", "good.yaml", "rival.yaml"});
  EXPECT_THAT(blocked, ends_with(7, "2 of the 2 findings are errors"));
  EXPECT_THAT(blocked.out, AllOf(HasSubstr("error: shop: the policy \"rival\" is as specific"),
                                 HasSubstr("[ambiguous]")));
  files().write("broken.yaml", policy("broken", "r.io/x", "  freshness: {maxAge: 1h}\n"));
  const auto broken = sealift({"policy", "check", "good.yaml", "broken.yaml"});
  EXPECT_THAT(broken, ends_with(7, "1 of the 1 finding is an error"));
  EXPECT_THAT(broken.out, HasSubstr("broken.yaml:1"));
  EXPECT_EQ(sealift({"policy", "check", "missing.yaml"}).exit_code, 4);
}

TEST_F(CliPolicy, ExplainSaysHowEachRequirementFares) {
  push("oci-layout:out:v1", {"--sign", "release.key"});
  files().write("policy.yaml", policy("shop", "oci-layout:out"));
  const auto text = succeed({"policy", "explain", "oci-layout:out:v1", "--policy", "policy.yaml"});
  EXPECT_THAT(text, AllOf(HasSubstr("shop"), HasSubstr("refused"),
                          HasSubstr("  met: signatures by 1 of \"release\""),
                          HasSubstr("  not met: signatures by 1 of \"security\""),
                          HasSubstr("nobody signed; \"security\" could")));
  succeed({"sign", "oci-layout:out:v1", "--key", "security.key"});
  const Json json =
      succeed_json({"policy", "explain", "oci-layout:out:v1", "--policy", "policy.yaml"});
  EXPECT_EQ(json.string_at({"evidence", "verdict"}), "accepted");
  EXPECT_EQ(*json.find_path({"evidence", "requirements", "met"})->as_bool(), true);
  EXPECT_THAT(sealift({"policy", "explain", "oci-layout:out:v1"}),
              ends_with(2, "--policy is required"));
}

TEST_F(CliPolicy, TestRunsATableOfArtifacts) {
  push("oci-layout:out:both", {"--sign", "release.key", "--sign", "security.key"});
  push("oci-layout:out:one", {"--sign", "release.key", "--sequence", "7"});
  files().write("rules/policy.yaml", policy("shop", "oci-layout:out"));
  succeed({"verify", "oci-layout:out:both", "--policy", "rules/policy.yaml", "--evidence-out",
           "rules/both.json"});
  const std::string head =
      "apiVersion: sealift.dev/v1alpha1\nkind: PolicyTest\nmetadata: {name: shop}\nspec:\n"
      "  policies: [policy.yaml]\n  cases:\n";
  const std::string good =
      "  - {name: both, artifact: 'oci-layout:out:both', expect: {verdict: accepted, signers: "
      "[release, security]}}\n"
      "  - {name: one, artifact: 'oci-layout:out:one', expect: {verdict: refused, rule: "
      "requirement, missing: [security]}}\n"
      "  - {name: then, evidence: both.json, expect: {verdict: accepted}}\n"
      "  - {name: nobody, artifact: 'oci-layout:other:v1', expect: {verdict: refused, rule: "
      "repository}}\n";
  files().write("rules/table.yaml", head + good);
  const auto text = succeed({"policy", "test", "rules/table.yaml"});
  EXPECT_EQ(text, "PASS  both\nPASS  one\nPASS  then\nPASS  nobody\n4 of 4 as expected\n");
  EXPECT_EQ(without_network({"policy", "test", "rules/table.yaml"}).out, text)
      << "without a network";

  files().write(
      "rules/table.yaml",
      head + good +
          "  - {name: wrong, artifact: 'oci-layout:out:one', expect: {verdict: accepted}}\n"
          "  - {name: away, artifact: 'oci-layout:out:gone', expect: {verdict: refused}}\n");
  const auto failed = sealift({"policy", "test", "rules/table.yaml"});
  EXPECT_THAT(failed, ends_with(7, "2 of the 6 cases did not come out as expected"));
  EXPECT_THAT(failed.out, AllOf(HasSubstr("FAIL  wrong\n      it must be accepted, and is refused"),
                                HasSubstr("FAIL  away\n"), HasSubstr("4 of 6 as expected")));
  const auto json = sealift({"policy", "test", "rules/table.yaml", "--json"});
  ASSERT_OK_ASSIGN(const Json document, parse_json(json.out, "results"));
  const auto& cases = *document.find("cases")->as_array();
  ASSERT_THAT(cases, SizeIs(6));
  EXPECT_EQ(cases[0].string_at({"result"}), "passed");
  EXPECT_EQ(cases[4].string_at({"result"}), "failed");
  EXPECT_EQ(cases[4].string_at({"evidence", "brokenRule"}), "requirement");
  EXPECT_EQ(cases[5].string_at({"result"}), "broken");
  EXPECT_THAT(sealift({"policy", "test", "rules/policy.yaml"}), ends_with(7, "PolicyTest"));
}

TEST_F(CliPolicy, ExportSaysWhatIsLostAndWritesNothingThatAcceptsMore) {
  files().write("policy.yaml", policy("shop", "r.io/shop/**"));
  const auto kyverno = sealift({"policy", "export", "policy.yaml", "--kyverno"});
  EXPECT_EQ(kyverno.exit_code, 0) << kyverno.err;
  EXPECT_THAT(kyverno.out, HasSubstr("kind: ImageValidatingPolicy"));
  EXPECT_THAT(kyverno.err, HasSubstr("warning: lost: shop: spec.rollback: "));
  EXPECT_THAT(sealift({"policy", "export", "policy.yaml", "--kyverno", "--strict"}),
              ends_with(7, "1 rule has no equal"));
  const Json document = succeed_json({"policy", "export", "policy.yaml", "--policy-controller"});
  EXPECT_EQ(document.find("documents")->as_array()->at(0).string_at({"kind"}),
            "ClusterImagePolicy");
  const auto flux = sealift({"policy", "export", "policy.yaml", "--flux"});
  EXPECT_THAT(flux, ends_with(7, "warning: refused: shop: spec.require: Flux asks for one"));
  EXPECT_THAT(flux.out, Not(HasSubstr("kind:")));
  EXPECT_EQ(sealift({"policy", "export", "policy.yaml"}).exit_code, 2);
  EXPECT_EQ(sealift({"policy", "export", "policy.yaml", "--flux", "--kyverno"}).exit_code, 2);
}

}  // namespace
}  // namespace sealift::test
