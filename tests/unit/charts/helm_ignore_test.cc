#include <sealift/charts/helm_ignore.h>

#include <support/result_matchers.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::charts {
namespace {

using test::fails_with;

struct Row {
  std::string name;
  std::string rules;
  std::vector<std::string> excluded;
  std::vector<std::string> kept;
};
class HelmIgnoreTable : public testing::TestWithParam<Row> {};

TEST_P(HelmIgnoreTable, Decides) {
  ASSERT_OK_ASSIGN(const auto ignore, HelmIgnore::parse(GetParam().rules, ".helmignore"));
  for (const auto& path : GetParam().excluded) EXPECT_TRUE(ignore.excludes(path)) << path;
  for (const auto& path : GetParam().kept) EXPECT_FALSE(ignore.excludes(path)) << path;
}

INSTANTIATE_TEST_SUITE_P(
    Table, HelmIgnoreTable,
    testing::Values(
        Row{"None", "", {"templates/.x.swp", "templates/.a/b.yaml"}, {"Chart.yaml", ".helmignore"}},
        Row{"Comments", "# a\n\n  \r\n", {}, {"a", "# a"}},
        Row{"NameAnywhere", "*.bak\n", {"a.bak", "x/y/a.bak"}, {"a.bak.yaml"}},
        Row{"WholePath", "a/*.txt\n", {"a/b.txt"}, {"b.txt", "a/c/b.txt", "x/a/b.txt"}},
        Row{"FromTheRoot", "/a.txt\n", {"a.txt"}, {"b/a.txt"}},
        Row{"Directory", "old/\n", {"old/a", "x/old/b"}, {"older/a", "x/old"}},
        Row{"DirectoryByName", "old\n", {"old/a", "x/old/b", "x/old"}, {"older"}},
        Row{"Classes", "[ab].txt\n?.md\n", {"a.txt", "c.md"}, {"c.txt", "cc.md"}},
        Row{"Negated", "!*.yaml\n", {"a.txt", "templates/x"}, {"a.yaml"}},
        Row{"Mark",
            "\xef\xbb\xbf"
            "a.txt\n",
            {"a.txt"},
            {"b.txt"}}),
    [](const auto& row) { return row.param.name; });

TEST(HelmIgnore, RefusesWhatHelmRefuses) {
  EXPECT_THAT(HelmIgnore::parse("a\n**/b\n", "x/.helmignore"),
              fails_with(ErrorCode::kInvalidInput, "x/.helmignore:2: Helm knows no \"**\""));
  std::string many;
  for (int i = 0; i < 2'001; ++i) many += "a\n";
  EXPECT_THAT(HelmIgnore::parse(many, "f"),
              fails_with(ErrorCode::kInvalidInput, "more than 2000 rules"));
  EXPECT_THAT(HelmIgnore::parse(std::string(5'000, 'a'), "f"),
              fails_with(ErrorCode::kInvalidInput, "f:1: a line has more than 4096 bytes"));
}

}  // namespace
}  // namespace sealift::charts
