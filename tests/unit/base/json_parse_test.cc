#include "support/result_matchers.h"

#include <sealift/base/json.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

using test::fails_with;

TEST(ParseJson, KeepsOrderDigitsAndText) {
  for (const char* text : {
           R"({"z":1,"a":[true,false,null],"m":{}})",
           R"([0,-0,1.0,1E400,-1.5e-10,123456789012345678901234567890])",
           R"("\"\\\b\f\n\r\t/")",
           "\"\x7f \xc3\xa9 \xf0\x9f\x98\x80\"",
           R"("\u0000\u001f")",
           "[]",
           "{}",
           R"("")",
           "null",
       }) {
    const auto value = parse_json(text, "test");
    ASSERT_THAT(value, test::is_ok()) << text;
    EXPECT_EQ(dump_json(*value), text);
  }
}

TEST(ParseJson, DecodesEscapes) {
  ASSERT_OK_ASSIGN(const auto value, parse_json(R"("\u0041\u00e9\u20AC\ud83d\ude00\/")", "test"));
  EXPECT_EQ(*value.as_string(), "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80/");
}

TEST(ParseJson, TakesSpaceWhereItMayBe) {
  ASSERT_OK_ASSIGN(const auto value,
                   parse_json(" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } ", "t"));
  EXPECT_EQ(dump_json(value), R"({"a":[1,2],"b":{}})");
}

struct Refused {
  std::string text;
  std::string message;
};

class ParseJsonRefuses : public testing::TestWithParam<Refused> {};

TEST_P(ParseJsonRefuses, WithLineAndColumn) {
  EXPECT_THAT(parse_json(GetParam().text, "doc"),
              fails_with(ErrorCode::kInvalidInput, "doc:" + GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParseJsonRefuses,
    testing::Values(
        Refused{"", "1:1: expected a value, found the end"},
        Refused{"{}x", "1:3: expected the end of the document, found \"x\""},
        Refused{"[1,]", "1:4: expected a value, found \"]\""},
        Refused{"[1 2]", "1:4: expected \",\" or \"]\", found \"2\""},
        Refused{"[1}", "1:3: expected \",\" or \"]\""}, Refused{"[", "1:2: expected a value"},
        Refused{"[1", "1:3: expected \",\" or \"]\", found the end"},
        Refused{"]", "1:1: expected a value"}, Refused{"{\"a\":1,}", "1:8: expected a member name"},
        Refused{"{a:1}", "1:2: expected a member name"},
        Refused{"{\"a\" 1}", "1:6: expected \":\""},
        Refused{"{\n \"a\": 1,\n \"é\": 2, \"a\": 3}", "3:10: member \"a\" is there twice"},
        Refused{"{\"a\":1,\"\\u0061\":2}", "1:8: member \"a\" is there twice"},
        Refused{"{\"x\":{\"a\":1},\"b\":[{\"c\":1,\"c\":2}]}", "1:26: member \"c\" is there twice"},
        Refused{"nul", "1:1: expected a value"}, Refused{"+1", "1:1: expected a value"},
        Refused{"01", "1:1: a number must not begin with 0"}, Refused{"-", "1:2: expected a digit"},
        Refused{"1.", "1:3: expected a digit"}, Refused{".5", "1:1: expected a value"},
        Refused{"1e+", "1:4: expected a digit"},
        Refused{"-01", "1:1: a number must not begin with 0"},
        Refused{"NaN", "1:1: expected a value"}, Refused{"'a'", "1:1: expected a value"},
        Refused{"\"abc", "1:5: expected the closing quote"},
        Refused{"\"a\nb\"", "1:3: a control character in a string must be escaped"},
        Refused{"\"12345678\x01\"", "1:10: a control character"},
        Refused{"\"\\x41\"", "1:2: unknown escape"}, Refused{"\"\\", "1:2: unknown escape"},
        Refused{"\"\\u12g4\"", "1:6: expected four hex digits"},
        Refused{"\"\\ud800\"", "1:2: half of a surrogate pair"},
        Refused{"\"\\ud800\\u0041\"", "1:2: half of a surrogate pair"},
        Refused{"\"\\udc00\"", "1:2: half of a surrogate pair"},
        Refused{"[\n\"é\xff\"]", "2:3: the text is not UTF-8"},
        Refused{"\"\xed\xa0\x80\"", "1:2: the text is not UTF-8"},
        Refused{"\xef\xbb\xbf{}", "1:1: expected a value"},
        Refused{"// comment\n1", "1:1: expected a value"}));

TEST(ParseJson, FindsRepeatedNamesInLargeObjectsAtTheRightPlace) {
  std::string text = "{";
  for (int i = 0; i < 1'000; ++i) text += "\"name" + std::to_string(i) + "\":{\"n\":1},\n";
  EXPECT_OK(parse_json(text + "\"last\":1}", "doc"));
  EXPECT_THAT(parse_json(text + "\"name500\":1,\"name500\":2}", "doc"),
              fails_with(ErrorCode::kInvalidInput, "doc:1001:1: member \"name500\""));
}

TEST(ParseJson, LimitsHoldExactlyAndAreNamed) {
  JsonLimits limits;
  limits.max_bytes = 5;
  EXPECT_OK(parse_json("[1,2]", "doc", limits));
  EXPECT_THAT(parse_json("[1,2] ", "doc", limits),
              fails_with(ErrorCode::kInvalidInput, "more than the limit of 5"));
  limits = {};
  limits.max_depth = 3;
  EXPECT_OK(parse_json("[{\"a\":[]}]", "doc", limits));
  EXPECT_THAT(parse_json("[[[[]]]]", "doc", limits),
              fails_with(ErrorCode::kInvalidInput, "doc:1:4: deeper than the limit of 3 levels"));
  limits = {};
  limits.max_values = 4;
  EXPECT_OK(parse_json("[1,{\"a\":2}]", "doc", limits));
  EXPECT_THAT(parse_json("[1,2,3,4]", "doc", limits),
              fails_with(ErrorCode::kInvalidInput, "doc:1:8: more than the limit of 4 values"));
}

TEST(ParseJson, DepthCostsNoStack) {
  JsonLimits limits;
  EXPECT_THAT(parse_json(std::string(1'000'000, '['), "doc", limits),
              fails_with(ErrorCode::kInvalidInput, "limit of 64 levels"));
}

TEST(DumpJson, Layouts) {
  ASSERT_OK_ASSIGN(const auto value,
                   parse_json(R"({"b":[1,{}],"a":{"d":[],"c":"x"},"B":null})", "test"));
  EXPECT_EQ(dump_json(value), R"({"b":[1,{}],"a":{"d":[],"c":"x"},"B":null})");
  EXPECT_EQ(dump_json_sorted(value), R"({"B":null,"a":{"c":"x","d":[]},"b":[1,{}]})");
  EXPECT_EQ(dump_json_pretty(value),
            "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": {\n    \"d\": [],\n    \"c\": \"x\"\n"
            "  },\n  \"B\": null\n}");
}

}  // namespace
}  // namespace sealift
