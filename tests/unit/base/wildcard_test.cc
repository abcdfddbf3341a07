#include <sealift/base/wildcard.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift {
namespace {

struct WildcardCase {
  std::string pattern;
  std::string text;
  bool fits;
};

TEST(Wildcard, StandsForAnyText) {
  const WildcardCase cases[] = {
      {"", "", true},
      {"", "a", false},
      {"*", "", true},
      {"*", "anything", true},
      {"**", "", true},
      {"web", "web", true},
      {"web", "web-1", false},
      {"web", "we", false},
      {"web-*", "web-", true},
      {"web-*", "web-1", true},
      {"*-1", "web-1", true},
      {"*-1", "web-1-2", false},
      {"w*b*1", "web-b-1", true},
      {"w*b*1", "web-b-2", false},
      // The first place that "ab" fits is not the right one.
      {"*ab*abc", "ab-ab-abc", true},
      {"*aab", "aaab", true},
      {"a?c", "abc", false},
      {"[a]", "a", false},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(matches_wildcard(test.pattern, test.text), test.fits)
        << '"' << test.pattern << "\" on \"" << test.text << '"';
  }
}

TEST(Wildcard, ManyStarsEnd) {
  std::string pattern;
  for (int i = 0; i < 2000; ++i) pattern += "*a";
  EXPECT_FALSE(matches_wildcard(pattern + "b", std::string(4000, 'a')));
}

}  // namespace
}  // namespace sealift
