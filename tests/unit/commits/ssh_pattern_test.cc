#include <ssh_pattern.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::commits {
namespace {

TEST(SshPattern, FitsAsOpensshHasIt) {
  struct Case {
    const char* patterns;
    const char* text;
    bool fits;
  };
  const Case cases[] = {
      {"ada@example.com", "ada@example.com", true},
      {"ada@example.com", "Ada@example.com", false},
      {"ada@example.com", "ada@example.co", false},
      {"ada@example.com", "bada@example.com", false},
      {"*@example.com", "ada@example.com", true},
      {"*@example.com", "@example.com", true},
      {"*@example.com", "ada@example.com.evil.org", false},
      {"a*b*c", "axxbyybzc", true},
      {"a*b*c", "axxbyybz", false},
      {"***", "", true},
      {"a?a", "ada", true},
      {"a?a", "aa", false},
      {"a?a", "addda", false},
      {"?*", "", false},
      {"eve,ada", "ada", true},
      {"eve,ada", "eve,ada", false},
      {"*,!eve", "ada", true},
      {"*,!eve", "eve", false},
      {"!eve,*", "eve", false},
      {"!eve", "ada", false},
      {"", "", false},
      {"", "ada", false},
      {",ada,", "ada", true},
      {",", "", false},
      {"!", "", false},
  };
  for (const auto& [patterns, text, fits] : cases) {
    EXPECT_EQ(matches_pattern_list(patterns, text), fits) << patterns << " and " << text;
  }
}

TEST(SshPattern, TakesNoTimeToSpeakOf) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "a*";
  EXPECT_FALSE(matches_pattern_list(pattern + "b", std::string(4000, 'a')));
}

}  // namespace
}  // namespace sealift::commits
