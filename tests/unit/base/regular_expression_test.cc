#include "support/result_matchers.h"

#include <sealift/base/regular_expression.h>

#include <gtest/gtest.h>

#include <random>
#include <regex>
#include <string>
#include <vector>

namespace sealift {
namespace {

using sealift::test::fails_with;

struct MatchCase {
  std::string pattern;
  std::string text;
  bool fits;
};

TEST(RegularExpression, MeansWhatRe2Means) {
  const MatchCase cases[] = {
      {"", "", true},
      {"", "a", false},
      {"abc", "abc", true},
      {"abc", "ab", false},
      {"a.c", "abc", true},
      {"a.c",
       "a\xc3\xa9"
       "c",
       true},  // one character, two bytes
      {"a.c", "a\nc", false},
      {"a[^b]c", "a\nc", true},
      {"a|bc", "bc", true},
      {"a|bc", "ac", false},
      {"a||b", "", true},
      {"(a|b)c", "bc", true},
      {"(?:a|b)c", "ac", true},
      {"()", "", true},
      {"a*", "", true},
      {"a*", "aaaa", true},
      {"a+", "", false},
      {"a+?", "aa", true},
      {"a?", "a", true},
      {"a?", "aa", false},
      {"a{2}", "a", false},
      {"a{2}", "aa", true},
      {"a{2,}", "aaaa", true},
      {"a{2,3}", "aaa", true},
      {"a{2,3}", "aaaa", false},
      {"a{0}b", "b", true},
      {"(ab){2}", "abab", true},
      {"[a-c]", "b", true},
      {"[a-c]", "d", false},
      {"[^a-c]", "d", true},
      {"[]a]", "]", true},
      {"[^]a]", "]", false},
      {"[a-]", "-", true},
      {"[-a]", "-", true},
      {"[a-b-d]", "c", false},
      {"[.]", "x", false},
      {"[\\d_]", "7", true},
      {"[\\]\\\\]", "\\", true},
      {"\\d\\w\\s", "1_ ", true},
      {"\\D\\W\\S", "a-b", true},
      {"\\D", "1", false},
      {"\\s", "\v", false},
      {"\\.", ".", true},
      {"\\.", "a", false},
      {"\\_\\/", "_/", true},
      {"\\x41\\x{e9}", "A\xc3\xa9", true},
      {"[\\x{1F600}-\\x{1F64F}]", "\xf0\x9f\x98\x80", true},
      {"\\t\\n\\r", "\t\n\r", true},
      {"\xc3\xa9+", "\xc3\xa9\xc3\xa9", true},
      {"a}b]", "a}b]", true},
      {"A", "a", false},
      {"\\Aab\\z", "ab", true},
      {"a$", "a\n", false},
      {".", "\xff", false},
      {"[^a]", "\xff", false},
  };
  for (const auto& test : cases) {
    ASSERT_OK_ASSIGN(const auto expression, RegularExpression::compile(test.pattern));
    EXPECT_EQ(expression.matches(test.text), test.fits)
        << '"' << test.pattern << "\" on \"" << test.text << '"';
    EXPECT_EQ(expression.pattern(), test.pattern);
  }
}

// What is not anchored would let "https://github.com/shop.evil.example/" pass for "shop".
TEST(RegularExpression, IsAlwaysAboutTheWholeText) {
  for (const char* pattern :
       {"shop", "^shop", "shop$", "^shop$", "(^shop$)", "^(shop)", "^^shop$$"}) {
    ASSERT_OK_ASSIGN(const auto expression, RegularExpression::compile(pattern));
    EXPECT_TRUE(expression.matches("shop")) << pattern;
    for (const char* text :
         {"my shop", "shop ", "shop\n", "\nshop", "shopshop", "a\nshop\nb", ""}) {
      EXPECT_FALSE(expression.matches(text)) << pattern << " on " << text;
    }
  }
  // The anchors hold for all alternatives, not for the outer ones alone.
  ASSERT_OK_ASSIGN(const auto either, RegularExpression::compile("a|b"));
  EXPECT_FALSE(either.matches("ax"));
  EXPECT_FALSE(either.matches("xb"));
  ASSERT_OK_ASSIGN(const auto inner, RegularExpression::compile("^a|b$"));
  EXPECT_FALSE(inner.matches("ax"));
  EXPECT_FALSE(inner.matches("xb"));
  ASSERT_OK_ASSIGN(const auto middle, RegularExpression::compile("a^b|a$b"));
  EXPECT_FALSE(middle.matches("ab"));
}

TEST(RegularExpression, RefusesWhatItDoesNotKnow) {
  const std::pair<std::string, std::string> cases[] = {
      {"(a", "\"(\" without its \")\", at character 3"},
      {"a)", "\")\" without its \"(\", at character 2"},
      {"[a", "\"[\" without its \"]\""},
      {"[]", "\"[\" without its \"]\""},
      {"[a-", "\"[\" without its \"]\""},
      {"[b-a]", "a range that ends before it begins"},
      {"[\\d-z]", "a range from a class"},
      {"[a-\\d]", "an escape that is not supported"},
      {"[[:alpha:]]", "[:…:]"},
      {"*a", "repeats nothing, at character 1"},
      {"a|+", "repeats nothing"},
      {"a**", "repeats a repetition"},
      {"a*{2}", "repeats a repetition"},
      {"a{", "counts nothing"},
      {"a{,2}", "counts nothing"},
      {"a{2", "counts nothing"},
      {"a{3,2}", "at least more often than at most"},
      {"a{1001}", "more than 1000 times"},
      {"a{99999999999999999999}", "more than 1000 times"},
      {"(?i)a", "flags"},
      {"(?P<name>a)", "flags"},
      {"(?=a)", "flags"},
      {"\\", "ends with"},
      {"\\b", "an escape that is not supported, at character 2"},
      {"\\1", "an escape that is not supported"},
      {"\\pL", "an escape that is not supported"},
      {"\\Qa\\E", "an escape that is not supported"},
      {"\\Z", "an escape that is not supported"},
      {"\\x4", "broken \"\\x\""},
      {"\\x{}", "broken \"\\x\""},
      {"\\x{110000}", "broken \"\\x\""},
      {"\\x{41", "broken \"\\x\""},
      {"\xff", "is not UTF-8"},
      {std::string(1025, 'a'), "longer than 1024 bytes"},
      {std::string(33, '(') + std::string(33, ')'), "more than 32 deep"},
      {"((a{1000}){1000}){1000}", "longer than 4096 steps"},
      {"(((a{0}){1000}){1000}){1000}", "longer than 4096 steps"},
      {"((((){1000}){1000}){1000}){1000}", "longer than 4096 steps"},
  };
  for (const auto& [pattern, message] : cases) {
    EXPECT_THAT(RegularExpression::compile(pattern), fails_with(ErrorCode::kInvalidInput, message))
        << pattern;
  }
}

// With an engine that tries one way after the other these would outlive us.
TEST(RegularExpression, TakesNoLongerForBadExpressions) {
  for (const char* pattern :
       {"(a+)+b", "(a*)*b", "(a|aa)+b", "(a|a?)+b", "a{0,500}a{500}b", "((a{0,40}){0,40})b"}) {
    ASSERT_OK_ASSIGN(const auto expression, RegularExpression::compile(pattern));
    EXPECT_FALSE(expression.matches(std::string(kMaxMatchedBytes, 'a'))) << pattern;
  }
  ASSERT_OK_ASSIGN(const auto any, RegularExpression::compile(".*"));
  EXPECT_TRUE(any.matches(std::string(kMaxMatchedBytes, 'a')));
  EXPECT_FALSE(any.matches(std::string(kMaxMatchedBytes + 1, 'a')));
}

class RandomExpression {
 public:
  std::string make(int depth) {
    const auto inner = [&] { return make(depth - 1); };
    switch (depth == 0 ? pick(5) : pick(11)) {
      case 0:
        return "a";
      case 1:
        return "b";
      case 2:
        return "[ab]";
      case 3:
        return "[^a]";
      case 4:
        return "";
      case 5:
        return "(" + inner() + "|" + inner() + ")";
      case 6:
        return "(" + inner() + ")*";
      case 7:
        return "(?:" + inner() + ")?";
      case 8:
        return "(" + inner() + ")+?";
      case 9:
        return "(" + inner() + "){1,2}";
      default:
        return inner() + inner();
    }
  }

 private:
  int pick(int count) { return std::uniform_int_distribution<>(0, count - 1)(generator_); }
  std::mt19937 generator_{5};
};

TEST(RegularExpression, AgreesWithTheStandardLibrary) {
  std::vector<std::string> texts{""};
  for (std::size_t i = 0; texts[i].size() < 5; ++i) {
    for (const char* next : {"a", "b"}) texts.push_back(texts[i] + next);
  }
  RandomExpression random;
  for (int i = 0; i < 400; ++i) {
    const std::string pattern = random.make(3);
    ASSERT_OK_ASSIGN(const auto ours, RegularExpression::compile(pattern));
    const std::regex theirs(pattern);
    for (const auto& text : texts) {
      EXPECT_EQ(ours.matches(text), std::regex_match(text, theirs)) << pattern << " on " << text;
    }
  }
}

}  // namespace
}  // namespace sealift
