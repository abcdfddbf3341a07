#include "../../unit/builder/git_fixture.h"

#include <sealift/builder/ignore_rules.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace sealift::builder {
namespace {

using ::sealift::test::GitFixture;

// Each parent first, as the callers of IgnoreRules ask.
bool excluded_with_parents(const IgnoreRules& rules, const std::string& path) {
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (rules.excludes(path.substr(0, slash), true)) return true;
  }
  return rules.excludes(path, false);
}

const std::vector<std::string> kFiles = {
    "a",           "b",       "ab",          "a.txt",     "dir/a",     "dir/b",      "dir/sub/a",
    "dir/ab",      "sub/a",   "sub/dir/a",   "sub/dir/b", "x/y/z/a",   "#hash",      "!bang",
    "sp ace",      "trail ",  "[br]",        "st*r",      "q?m",       "A",          "7",
    "dir.d/a",     ".hidden", "dir/.hidden", "x/a/b",     "x/a/y/b",   "x/a/y/z/b",  "abc/abc",
    "foo-bar/baz", "d]",      "a-b",         "\xC3\xA4",  "tab\tname", "back\\slash"};

const std::vector<std::string> kIgnoreFiles = {"a\n",
                                               "/a\n",
                                               "a/\n",
                                               "dir/\n",
                                               "/dir\n",
                                               "dir/a\n",
                                               "/dir/a\n",
                                               "*/a\n",
                                               "**/a\n",
                                               "a/**\n",
                                               "dir/**\n",
                                               "dir/*\n",
                                               "x/**/b\n",
                                               "x/a/**/b\n",
                                               "**/dir/**\n",
                                               "*\n",
                                               "**\n",
                                               "/*\n",
                                               "/**\n",
                                               "*\n!a\n",
                                               "*\n!*/\n!a\n",
                                               "dir/\n!dir/a\n",
                                               "dir/*\n!dir/a\n",
                                               "dir/**\n!dir/sub/\n!dir/sub/a\n",
                                               "\\#hash\n",
                                               "#hash\n",
                                               "\\!bang\n",
                                               "!bang\n",
                                               "sp ace\n",
                                               "sp\\ ace\n",
                                               "trail\n",
                                               "trail\\ \n",
                                               "trail \n",
                                               "trail\\  \n",
                                               "a  \n",
                                               "a\\\n",
                                               "[br]\n",
                                               "\\[br]\n",
                                               "[[]br]\n",
                                               "[a-b]\n",
                                               "[!a]\n",
                                               "[^a]\n",
                                               "[a\n",
                                               "[]]\n",
                                               "d[]]\n",
                                               "[[:digit:]]\n",
                                               "[[:upper:]]\n",
                                               "[[:bogus:]]\n",
                                               "[a-]\n",
                                               "a[-]b\n",
                                               "a[+--]b\n",
                                               "st\\*r\n",
                                               "st*r\n",
                                               "q?m\n",
                                               "q\\?m\n",
                                               "?\n",
                                               "??\n",
                                               "*.txt\n",
                                               "*.d/\n",
                                               ".*\n",
                                               "*b*\n",
                                               "a*\n",
                                               "a**\n",
                                               "**b\n",
                                               "x/**b\n",
                                               "x**/b\n",
                                               "x/***/b\n",
                                               "/\n",
                                               "//\n",
                                               "!\n",
                                               "!/\n",
                                               "\n\n",
                                               " \n",
                                               "dir//a\n",
                                               "dir//\n",
                                               "./a\n",
                                               "../a\n",
                                               "a\r\nb\r\n",
                                               "\xEF\xBB\xBF"
                                               "a\n",
                                               "a\nb",
                                               "!a\na\n!a\n",
                                               "abc/\n",
                                               "abc/abc\n",
                                               "foo*/baz\n",
                                               "foo?bar\n",
                                               "foo[-]bar/\n",
                                               "foo[^/]bar/\n",
                                               "dir[/]a\n",
                                               "dir?a\n",
                                               "\xC3\xA4\n",
                                               "\xC3?\n",
                                               "??.txt\n",
                                               "?.txt\n",
                                               "tab\tname\n",
                                               "a\t\n",
                                               "back\\\\slash\n",
                                               "back\\slash\n",
                                               "**/sub/*\n",
                                               "**/**/a\n",
                                               "sub/**/\n",
                                               "sub/**/a\n",
                                               "x/*/z\n",
                                               "x/*/*/a\n",
                                               "/x/y\n",
                                               "y/z\n",
                                               "[]-a]\n",
                                               "[\\]]\n",
                                               "d[\\]]\n",
                                               "[a-\\c]\n",
                                               "\\a\n",
                                               "dir\\/a\n",
                                               "**\\/a\n",
                                               "[[:alpha:]-z]\n",
                                               "x**/b\n",
                                               "x**/**/b\n",
                                               "di*/**/a\n",
                                               "x**\n",
                                               "x/a**/b\n"};

// The word of the real git on each path, with the file at the root and in a directory.
TEST(IgnoreRulesContractTest, AgreesWithGit) {
  const GitFixture git;
  for (const std::string& file : kFiles) git.write(file, "");
  for (const std::string& directory : {std::string(), std::string("x")}) {
    const std::string ignore_file = (directory.empty() ? "" : directory + "/") + ".gitignore";
    for (const std::string& patterns : kIgnoreFiles) {
      git.write(ignore_file, patterns);
      IgnoreRules rules;
      rules.add(directory, parse_ignore_file(patterns, ".gitignore").value());

      // Untracked and not ignored; -z keeps odd names as they are.
      std::set<std::string> kept;
      std::istringstream output(git.git("ls-files -z --others --exclude-standard"));
      for (std::string path; std::getline(output, path, '\0');) kept.insert(path);
      for (const std::string& path : kFiles) {
        EXPECT_EQ(excluded_with_parents(rules, path), !kept.contains(path))
            << path << " with \"" << patterns << "\" in \"" << directory << "\"";
      }
    }
    std::filesystem::remove(git.path() + "/" + ignore_file);
  }
}

}  // namespace
}  // namespace sealift::builder
