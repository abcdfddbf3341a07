#include <sealift/tuf/canonical_json.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::tuf {
namespace {

using test::fails_with;

struct Case {
  std::string name;
  std::string json;
  std::string canonical;
};

class CanonicalJson : public testing::TestWithParam<Case> {};

// Expected bytes as securesystemslib's encode_canonical() gives them.
INSTANTIATE_TEST_SUITE_P(
    Cases, CanonicalJson,
    testing::ValuesIn(std::vector<Case>{
        {"Spaces", R"( { "b" : [ 1 , 2 ] , "a" : null } )", R"({"a":null,"b":[1,2]})"},
        {"Words", R"([true,false,null])", "[true,false,null]"},
        {"NamesByBytes", R"({"é":1,"z":2,"A":3,"𐀀":4,"￿":5})",
         R"({"A":3,"z":2,"é":1,"￿":5,"𐀀":4})"},
        {"PrefixFirst", R"({"ab":1,"a":2,"":3})", R"({"":3,"a":2,"ab":1})"},
        {"QuoteAndBackslash", R"("a\"b\\c\/d")", R"("a\"b\\c/d")"},
        {"ControlsAsTheyAre", R"("a\n\t\u0001b")",
         "\"a\n\t\x01"
         "b\""},
        {"Nul", R"("a\u0000b")", std::string("\"a\0b\"", 5)},
        {"UnicodeEscape", R"("\u00e9\ud83d\ude00")", "\"é😀\""},
        {"Numbers", R"([0,-1,123456789012345678901234567890])",
         "[0,-1,123456789012345678901234567890]"},
        {"Nested", R"({"b":{"d":1,"c":[{"z":1,"y":2}]}})", R"({"b":{"c":[{"y":2,"z":1}],"d":1}})"},
        {"Empty", R"([{},[],""])", R"([{},[],""])"}}),
    [](const auto& test) { return test.param.name; });

TEST_P(CanonicalJson, IsTheOneFormThatIsSigned) {
  ASSERT_OK_ASSIGN(const Json json, parse_json(GetParam().json, "test"));
  ASSERT_OK_ASSIGN(const auto bytes, canonical_json(json));
  EXPECT_EQ(bytes, GetParam().canonical);
}

TEST(CanonicalJsonNumbers, ThatAreNotWholeHaveNoForm) {
  for (const std::string number : {"1.0", "1e3", "1E3", "-0", "0.5", "1.5e-3"}) {
    ASSERT_OK_ASSIGN(const Json json, parse_json("{\"a\":[" + number + "]}", "test"));
    EXPECT_THAT(canonical_json(json), fails_with(ErrorCode::kInvalidInput, number)) << number;
  }
}

}  // namespace
}  // namespace sealift::tuf
