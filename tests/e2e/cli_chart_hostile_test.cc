// Charts that would harm whoever renders them, or that are wrong.
#include "cli_fixture.h"

#include <support/test_part.h>

#include <filesystem>

namespace sealift::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class CliHostileChart : public CliTest {
 protected:
  CliHostileChart() {
    git().write("charts/bad/Chart.yaml", "apiVersion: v2\nname: bad\nversion: 0.1.0\n");
    git().write("charts/bad/templates/settings.yaml", std::string(kConfigMap));
    git().write("sealift.yaml",
                "apiVersion: sealift.dev/v1alpha1\nkind: Project\nartifacts:\n"
                "  - name: bad\n    path: charts/bad\n    destination: oci-layout:reg\n"
                "    helm: {valuesFiles: [values/bad.yaml]}\n");
    git().write("values/bad.yaml", "size: 1\n");
  }
  ProcessResult build() const {
    git().commit("Change");
    const auto helm = std::filesystem::path(test_part("helm")).parent_path().string();
    return sealift({"build", "--from", git().path(), "--output", "built"},
                   with_environment({{"PATH", helm + ":/usr/bin:/bin"}}));
  }
  void expect_refusal(const testing::Matcher<const std::string&>& says) const {
    const auto refused = build();
    EXPECT_EQ(refused.exit_code, 7) << refused.err.substr(0, 2'000);
    EXPECT_THAT(refused.err, says);
    EXPECT_LT(refused.err.size(), 10'000u);
    EXPECT_FALSE(std::filesystem::exists(files().path() + "/built"));
  }
};

TEST_F(CliHostileChart, IsBuiltWhereNothingIsWrong) {
  const auto built = build();
  EXPECT_EQ(built.exit_code, 0) << built.err;
}

TEST_F(CliHostileChart, ThatCallsItselfIsRefused) {
  git().write("charts/bad/templates/_loop.tpl",
              "{{- define \"loop\" }}{{ include \"loop\" . }}{{ end }}\n");
  git().write("charts/bad/templates/loop.yaml", "{{ include \"loop\" . }}\n");
  expect_refusal(AllOf(HasSubstr("bad: helm cannot render charts/bad"), HasSubstr("loop")));
}

TEST_F(CliHostileChart, ThatFloodsIsEnded) {
  git().write("charts/bad/templates/flood.yaml", "# {{ repeat 70000000 \"x\" }}\n");
  expect_refusal(AllOf(HasSubstr("bad: "), HasSubstr("helm"), HasSubstr("67108864")));
}

TEST_F(CliHostileChart, WithValuesThatAreAListIsRefused) {
  git().write("values/bad.yaml", "- size\n- 1\n");
  expect_refusal(AllOf(HasSubstr("bad: helm cannot render charts/bad"), HasSubstr("bad.yaml")));
}

TEST_F(CliHostileChart, WithValuesThatItsSchemaForbidsIsRefused) {
  git().write("charts/bad/values.schema.json",
              R"({"type": "object", "properties": {"size": {"type": "string"}}})");
  expect_refusal(AllOf(HasSubstr("bad: helm cannot render charts/bad"), HasSubstr("size")));
}

TEST_F(CliHostileChart, WithValuesFromOutsideOfTheRepositoryIsRefused) {
  files().write("outside.yaml", "size: 2\n");
  std::filesystem::remove(git().path() + "/values/bad.yaml");
  std::filesystem::create_symlink(files().path() + "/outside.yaml",
                                  git().path() + "/values/bad.yaml");
  expect_refusal(AllOf(HasSubstr("values/bad.yaml"), HasSubstr("link")));
}

}  // namespace
}  // namespace sealift::test
