#include <sealift/objects/label_selector.h>

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "support/result_matchers.h"

namespace sealift::objects {
namespace {

using test::fails_with;

Json labels(std::string_view text) {
  auto parsed = parse_json(text, "labels");
  EXPECT_THAT(parsed, test::is_ok());
  return *parsed;
}

struct MatchRow {
  std::string_view selector;
  std::string_view labels;
  bool matches;
};

class LabelSelectorMatches : public testing::TestWithParam<MatchRow> {};

TEST_P(LabelSelectorMatches, AsTheApiServerDoes) {
  const auto& row = GetParam();
  ASSERT_OK_ASSIGN(const auto selector, LabelSelector::parse(row.selector));
  EXPECT_EQ(selector.matches(labels(row.labels)), row.matches)
      << row.selector << " on " << row.labels;
}

constexpr MatchRow kMatches[] = {
    {"", "{}", true},
    {" \t\r\n", "null", true},
    {"", R"({"a":"b"})", true},
    {"a", R"({"a":""})", true},
    {"a", "{}", false},
    {"a", "null", false},
    {"!a", "{}", true},
    {"! a", R"({"a":"b"})", false},
    {"a=b", R"({"a":"b"})", true},
    {"a=b", R"({"a":"B"})", false},
    {"a==b", R"({"a":"b","c":"d"})", true},
    {" a = b ", R"({"a":"b"})", true},
    {"a=", R"({"a":""})", true},
    {"a=", "{}", false},
    {"a=,c=d", R"({"a":"","c":"d"})", true},
    {"a!=b", R"({"a":"c"})", true},
    {"a!=b", "{}", true},
    {"a!=b", R"({"a":"b"})", false},
    {"a!=", R"({"a":""})", false},
    {"a in (b,c)", R"({"a":"c"})", true},
    {"a in (b,c)", R"({"a":"d"})", false},
    {"a in (b,c)", "{}", false},
    {"a in(b)", R"({"a":"b"})", true},
    {"a in ()", R"({"a":""})", true},
    {"a in ()", R"({"a":"b"})", false},
    {"a in (,b)", R"({"a":""})", true},
    {"a in (b,)", R"({"a":""})", true},
    {"a in (b,,c)", R"({"a":""})", true},
    {"a in (b,,c)", R"({"a":"c"})", true},
    {"a in (b,c)", R"({"a":""})", false},
    {"a notin (b,c)", R"({"a":"b"})", false},
    {"a notin (b,c)", R"({"a":"x"})", true},
    {"a notin (b,c)", "{}", true},
    {"a>5", R"({"a":"6"})", true},
    {"a>5", R"({"a":"5"})", false},
    {"a>5", R"({"a":"six"})", false},
    {"a>5", "{}", false},
    {"a<5", R"({"a":"4"})", true},
    {"a<5", R"({"a":"-9"})", true},
    {"a < 9223372036854775807", R"({"a":"9223372036854775806"})", true},
    {"a<5", R"({"a":"99999999999999999999"})", false},
    // Operators are words of their own only where an operator may stand.
    {"in", R"({"in":"x"})", true},
    {"in in (in,notin)", R"({"in":"notin"})", true},
    {"notin notin (in)", R"({"notin":"x"})", true},
    {"a=in", R"({"a":"in"})", true},
    {"a=b,c in (d),!e,f!=g", R"({"a":"b","c":"d"})", true},
    {"a=b,c in (d),!e,f!=g", R"({"a":"b","c":"d","e":""})", false},
    {"a=b,a=c", R"({"a":"b"})", false},
    {"example.com/shard in (0, 1)", R"({"example.com/shard":"1"})", true},
    {"a=b", R"({"a":7})", false},
};
INSTANTIATE_TEST_SUITE_P(Table, LabelSelectorMatches, testing::ValuesIn(kMatches));

struct RefusalRow {
  std::string selector;
  std::string message;
};

class LabelSelectorRefuses : public testing::TestWithParam<RefusalRow> {};

TEST_P(LabelSelectorRefuses, AsTheApiServerDoes) {
  EXPECT_THAT(LabelSelector::parse(GetParam().selector),
              fails_with(ErrorCode::kInvalidInput, GetParam().message));
}

const RefusalRow kRefusals[] = {
    {",", "column 1: found \",\", expected the key of a label"},
    {"a,", "column 3: found the end, expected the key of a label"},
    {"a,,b", "column 3: found \",\""},
    {"a b", "column 3: found \"b\", expected \"=\""},
    {"a=b c", "column 5: found \"c\", expected \",\" or the end"},
    {"a===b", "column 4: found \"=\", expected a value"},
    {"a>=5", "column 3: found \"=\", expected a value"},
    {"!a=b", "column 3: found \"=\", expected \",\" or the end"},
    {"!!a", "column 2: found \"!\""},
    {"!", "column 2: found the end"},
    {"a!b", "column 2: found \"!\", expected \"=\""},
    {"a in b", "column 6: found \"b\", expected \"(\""},
    {"a in (b", "column 8: found the end, expected \",\" or \")\""},
    {"a in (b c)", "column 9: found \"c\""},
    {"a in (", "column 7: found the end, expected a value"},
    {"a in (b))", "column 9: found \")\""},
    {"a in (!b)", "column 7: found \"!\", expected a value"},
    {"a>", "found the end, expected a value"},
    {"a>x", "\"x\" is not a whole number of 64 bits"},
    {"a>99999999999999999999", "not a whole number"},
    {"a<-1", "the value -1 must be empty or up to 63"},
    {"a=-", "the value - must be"},
    {"a in (ok,-)", "the value - must be"},
    {"-a", "the key -a must be 1 to 63"},
    {"A.b/C d", "lower-case RFC 1123 subdomain"},
    {"a/b/c", "the key a/b/c must be"},
    {std::string(64, 'k'), "must be 1 to 63"},
    {"k=" + std::string(64, 'v'), "up to 63"},
    {std::string(65537, ' '), "longer than 64 KiB"},
};
INSTANTIATE_TEST_SUITE_P(Table, LabelSelectorRefuses, testing::ValuesIn(kRefusals));

TEST(LabelSelector, KnowsWhetherItTakesEverything) {
  EXPECT_TRUE(LabelSelector::parse(" ")->takes_everything());
  EXPECT_FALSE(LabelSelector::parse("!a")->takes_everything());
}

TEST(LabelSelector, LooksForTheLabelsOfAnObject) {
  ASSERT_OK_ASSIGN(const auto selector, LabelSelector::parse("a=b"));
  EXPECT_TRUE(selector.matches_object(labels(R"({"metadata":{"labels":{"a":"b"}}})")));
  EXPECT_FALSE(selector.matches_object(labels(R"({"metadata":{}})")));
  EXPECT_FALSE(selector.matches_object(labels(R"({"a":"b"})")));
}

TEST(LabelSelector, OrderAndRepetitionOfValuesDoNotCount) {
  EXPECT_EQ(LabelSelector::parse("a in (c,b,c)")->requirements(),
            LabelSelector::parse("a in (b,c)")->requirements());
  EXPECT_EQ(LabelSelector::parse("a=b")->requirements(),
            LabelSelector::parse("a in (b)")->requirements());
}

}  // namespace
}  // namespace sealift::objects
