// sealift policy: mistakes in policies, and how an artifact fares under one.
#include "cli_fixture.h"

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
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
  EXPECT_THAT(sealift({"policy", "explain", "oci-layout:out:v1"}), ends_with(2, "--policy FILE"));
}

}  // namespace
}  // namespace sealift::test
