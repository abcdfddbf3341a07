#include <sealift/builder/ignore_rules.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::builder {
namespace {

using ::sealift::test::fails_with;

struct GlobCase {
  std::string glob;
  std::string path;
  bool matches;
};

TEST(IgnoreGlobTest, MatchesAsGitDoes) {
  const std::vector<GlobCase> cases = {
      {"a", "a", true},
      {"a", "b", false},
      {"a", "aa", false},
      {"*", "anything", true},
      {"*", "a/b", false},
      {"*.yaml", "x.yaml", true},
      {"*.yaml", ".yaml", true},
      {"*.yaml", "a/x.yaml", false},
      {"a*c", "abc", true},
      {"a*c", "a/c", false},
      {"a*b*c", "axxbyyc", true},
      {"?", "a", true},
      {"?", "/", false},
      {"?", "", false},
      {"**", "a/b/c", true},
      {"**/a", "a", true},
      {"**/a", "x/y/a", true},
      {"**/a", "x/ya", false},
      {"a/**", "a/b/c", true},
      {"a/**", "a", false},
      {"a/**/b", "a/b", true},
      {"a/**/b", "a/x/y/b", true},
      {"a/**/b", "a/xb", false},
      {"a**b", "axxb", true},
      {"a**b", "a/b", false},
      {"[abc]", "b", true},
      {"[!abc]", "b", false},
      {"[^abc]", "d", true},
      {"[a-c]", "b", true},
      {"[a-c]", "d", false},
      {"[]]", "]", true},
      {"[!]]", "]", false},
      {"[a-]", "-", true},
      {"[\\]]", "]", true},
      {"[[:digit:]]x", "7x", true},
      {"[[:digit:]]x", "ax", false},
      {"[[:nothing:]]", "a", false},
      {"[!a]", "/", false},
      {"[a", "a", false},
      {"[a", "[a", false},
      {"\\*", "*", true},
      {"\\*", "x", false},
      {"a\\", "a", false},
      {"a\\", "a\\", false},
  };
  for (const GlobCase& item : cases) {
    EXPECT_EQ(ignore_glob_matches(item.glob, item.path), item.matches)
        << item.glob << " on " << item.path;
  }
}

TEST(IgnoreGlobTest, ManyStarsTakeNoExponentialTime) {
  std::string glob;
  for (int count = 0; count < 100; ++count) glob += "*a";
  EXPECT_FALSE(ignore_glob_matches(glob + "b", std::string(500, 'a')));
  EXPECT_TRUE(ignore_glob_matches(glob, std::string(500, 'a')));
}

TEST(IgnoreFileTest, ReadsLinesAsGitDoes) {
  ASSERT_OK_ASSIGN(const auto patterns,
                   parse_ignore_file("\xEF\xBB\xBF# comment\n\n  \n\\#file\n!keep\n\\!bang\n"
                                     "dir/\n/top\na/b\ntail  \nquoted\\ \r\nlast",
                                     "x"));
  ASSERT_EQ(patterns.size(), 9U);
  EXPECT_EQ(patterns[0].glob, "\\#file");
  EXPECT_TRUE(patterns[1].negated);
  EXPECT_EQ(patterns[1].glob, "keep");
  EXPECT_FALSE(patterns[2].negated);
  EXPECT_TRUE(patterns[3].directory);
  EXPECT_FALSE(patterns[3].anchored);
  EXPECT_EQ(patterns[3].glob, "dir");
  EXPECT_TRUE(patterns[4].anchored);
  EXPECT_EQ(patterns[4].glob, "top");
  EXPECT_TRUE(patterns[5].anchored);
  EXPECT_EQ(patterns[6].glob, "tail");
  EXPECT_EQ(patterns[7].glob, "quoted\\ ");
  EXPECT_EQ(patterns[8].glob, "last");
}

TEST(IgnoreFileTest, NamesTheLineBeyondALimit) {
  EXPECT_THAT(parse_ignore_file("a\n" + std::string(5'000, 'x'), "dir/.sourceignore"),
              fails_with(ErrorCode::kInvalidInput, "dir/.sourceignore:2: "));
  std::string many;
  for (int line = 0; line < 2'001; ++line) many += "a\n";
  EXPECT_THAT(parse_ignore_file(many, "f"), fails_with(ErrorCode::kInvalidInput, "f:2001: "));
}

TEST(IgnoreRulesTest, TheDeepestDirectoryAndTheLastPatternDecide) {
  IgnoreRules rules;
  rules.add("", parse_ignore_file("*.md\n!keep.md\n/only-top\nbuild/\n", "f").value());
  rules.add("sub", parse_ignore_file("!note.md\nkeep.md\n", "f").value());
  EXPECT_TRUE(rules.excludes("note.md", false));
  EXPECT_FALSE(rules.excludes("keep.md", false));
  EXPECT_FALSE(rules.excludes("sub/note.md", false));
  EXPECT_TRUE(rules.excludes("sub/keep.md", false));
  EXPECT_TRUE(rules.excludes("subother/note.md", false));
  EXPECT_TRUE(rules.excludes("only-top", false));
  EXPECT_FALSE(rules.excludes("sub/only-top", false));
  EXPECT_TRUE(rules.excludes("sub/build", true));
  EXPECT_FALSE(rules.excludes("sub/build", false));
}

TEST(IgnoreRulesTest, FluxDefaultsLeaveOutWhatNoClusterNeeds) {
  const IgnoreRules rules = IgnoreRules::flux_defaults();
  for (const char* path : {".gitignore", "a/.gitmodules", "x/logo.png", "a.tar.gz", "a.zip",
                           ".travis.yml", "deep/down/.sops.yaml", ".goreleaser.yml"}) {
    EXPECT_TRUE(rules.excludes(path, false)) << path;
  }
  EXPECT_TRUE(rules.excludes(".github", true));
  for (const char* path : {"deployment.yaml", "a/png", ".sourceignore", "README.md"}) {
    EXPECT_FALSE(rules.excludes(path, false)) << path;
  }
}

}  // namespace
}  // namespace sealift::builder
