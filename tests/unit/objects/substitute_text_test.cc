#include <sealift/objects/substitution.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const VariableValues kValues = {
    {"app", "shop"},       {"N", "3"},           {"empty", ""},
    {"_x1", "underscore"}, {"mixed", "aBc"},     {"path", "/srv/data/shop.tar.gz"},
    {"file", "a.tar.gz"},  {"twice", "one-one"}, {"umlaut", "ähm"},
    {"dollar", "${app}"},  {"minus", "-3"},
};

struct Case {
  const char* text;
  const char* result;
};

std::string expand(std::string_view text) {
  std::set<std::string> undefined;
  const auto result = substitute_text(text, kValues, 1'000, undefined);
  return result ? *result : "error: " + result.error().message();
}

class SubstituteText : public testing::TestWithParam<Case> {};

TEST_P(SubstituteText, GivesWhatFluxGives) {
  EXPECT_EQ(expand(GetParam().text), GetParam().result) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(Plain, SubstituteText,
                         testing::Values(Case{"", ""}, Case{"no variable", "no variable"},
                                         Case{"${app}", "shop"}, Case{"a-${app}-b", "a-shop-b"},
                                         Case{"${app}${N}", "shop3"}, Case{"${_x1}", "underscore"},
                                         Case{"${missing}", ""}, Case{"${1}", ""},
                                         // What a variable holds is not looked at again.
                                         Case{"${dollar}", "${app}"}));

INSTANTIATE_TEST_SUITE_P(Dollars, SubstituteText,
                         testing::Values(Case{"$app", "$app"}, Case{"cost: 5$", "cost: 5$"},
                                         Case{"$", "$"}, Case{"$${app}", "${app}"},
                                         Case{"$$app", "$app"}, Case{"$$$${app}", "$${app}"},
                                         Case{"$$${app}", "$shop"}, Case{"$(app)", "$(app)"},
                                         Case{"a$$b$${c", "a$b${c"}));

INSTANTIATE_TEST_SUITE_P(
    Defaults, SubstituteText,
    testing::Values(Case{"${app:-x}", "shop"}, Case{"${missing:-x}", "x"}, Case{"${empty:-x}", "x"},
                    Case{"${missing:=x y}", "x y"}, Case{"${empty:=x}", "x"},
                    Case{"${missing=x}", "x"}, Case{"${empty=x}", "x"}, Case{"${missing-x}", "x"},
                    Case{"${empty-x}", ""}, Case{"${missing:=}", ""},
                    Case{"${missing:-${app}}", "shop"}, Case{"${missing:=a${app}b${N}}", "ashopb3"},
                    Case{"${missing:-${other:-${N}}}", "3"}, Case{"${app:-${x:?needed}}", "shop"},
                    Case{"${app:?needed}", "shop"},
                    Case{"${missing:=http://x:80/y}", "http://x:80/y"},
                    Case{"${missing:=$$}", "$$"}, Case{"${missing:={}}", "{}"}));

INSTANTIATE_TEST_SUITE_P(Case, SubstituteText,
                         testing::Values(Case{"${mixed^}", "ABc"}, Case{"${mixed^^}", "ABC"},
                                         Case{"${mixed,}", "aBc"}, Case{"${mixed,,}", "abc"},
                                         Case{"${empty^}", ""}, Case{"${umlaut^^}", "äHM"},
                                         Case{"${#app}", "4"}, Case{"${#missing}", "0"},
                                         Case{"${#umlaut}", "4"}));

INSTANTIATE_TEST_SUITE_P(Parts, SubstituteText,
                         testing::Values(Case{"${app:1}", "hop"}, Case{"${app:0:2}", "sh"},
                                         Case{"${app:1:99}", "hop"}, Case{"${app:9}", ""},
                                         Case{"${app:9:1}", ""}, Case{"${app:1:-1}", "ho"},
                                         Case{"${app:3:-3}", ""}, Case{"${app:${minus}}", "hop"},
                                         Case{"${app:${minus}:2}", "ho"}, Case{"${app:-9}", "shop"},
                                         // What is no number leaves the value whole.
                                         Case{"${app: -3}", "shop"}, Case{"${app:x}", "shop"},
                                         Case{"${app:1:x}", "shop"}, Case{"${umlaut:2}", "hm"}));

INSTANTIATE_TEST_SUITE_P(
    Patterns, SubstituteText,
    testing::Values(Case{"${path#*/}", "srv/data/shop.tar.gz"}, Case{"${path##*/}", "shop.tar.gz"},
                    Case{"${file%.*}", "a.tar"}, Case{"${file%%.*}", "a"},
                    Case{"${file#?}", ".tar.gz"}, Case{"${file#[a-c].}", "tar.gz"},
                    Case{"${file#[^a]}", "a.tar.gz"}, Case{"${file%[zy]}", "a.tar.g"},
                    Case{"${file#x}", "a.tar.gz"}, Case{"${file#[}", "a.tar.gz"},
                    Case{"${umlaut#?}", "hm"}, Case{"${twice%${N}}", "one-one"},
                    Case{"${twice##*}", ""}, Case{"${file#\\a}", ".tar.gz"}));

INSTANTIATE_TEST_SUITE_P(
    Replacements, SubstituteText,
    testing::Values(Case{"${twice/one/two}", "two-one"}, Case{"${twice//one/two}", "two-two"},
                    Case{"${twice/#one/two}", "two-one"}, Case{"${twice/%one/two}", "one-two"},
                    Case{"${twice/#x/two}", "one-one"}, Case{"${twice/one/}", "-one"},
                    Case{"${twice//one/}", "-"}, Case{"${app/#/my-}", "my-shop"},
                    Case{"${app/%/-app}", "shop-app"}, Case{"${file//./\\/}", "a/tar/gz"},
                    Case{"${path//\\//_}", "_srv_data_shop.tar.gz"},
                    // The text is no pattern.
                    Case{"${twice/o*/x}", "one-one"}, Case{"${twice//one/${N}}", "3-3"}));

INSTANTIATE_TEST_SUITE_P(
    Mistakes, SubstituteText,
    testing::Values(
        Case{"${app", "error: \"${app\" is never closed by \"}\""},
        Case{"${app:-x", "error: \"${app:-x\" is never closed by \"}\""},
        Case{"${}",
             "error: \"${}\" names no variable; write \"$${\" for a \"${\" that is meant to "
             "stay"},
        Case{"${@}",
             "error: \"${@}\" names no variable; write \"$${\" for a \"${\" that is meant "
             "to stay"},
        Case{"${ app }",
             "error: \"${ app }\" names no variable; write \"$${\" for a \"${\" that "
             "is meant to stay"},
        Case{"${app!}",
             "error: \"${app!}\" is no expression; write \"$${\" for a \"${\" that is "
             "meant to stay"},
        Case{"${app:}", "error: \"${app:}\" has no position behind \":\""},
        Case{"${app/x}", "error: \"${app/x}\" is never closed by \"}\""},
        Case{"${app:+x}",
             "error: \"${app:+x}\" has \":+\", which Flux and bash read as opposites; "
             "write \":-\""},
        Case{"${missing:?give a name}", "error: the variable missing is not set: give a name"},
        Case{"${umlaut:1}",
             "error: \"${umlaut:1}\" cuts a character in two; positions count "
             "bytes"}));

TEST(SubstituteTextLimits, NamesWhatIsUndefined) {
  std::set<std::string> undefined;
  const auto text = "${a} ${b:-x} ${c^^} ${app} ${empty} ${d:-${e}} ${app:-${f}} ${#g}";
  ASSERT_TRUE(substitute_text(text, kValues, 1'000, undefined));
  EXPECT_THAT(undefined, ElementsAre("a", "c", "e", "g"));
}

TEST(SubstituteTextLimits, NamesAtMostTwenty) {
  std::set<std::string> undefined;
  std::string text;
  for (int i = 0; i < 100; ++i) text += "${v" + std::to_string(i) + "}";
  ASSERT_TRUE(substitute_text(text, {}, 1'000, undefined));
  EXPECT_EQ(undefined.size(), 20u);
}

TEST(SubstituteTextLimits, BoundsTheResult) {
  std::set<std::string> undefined;
  const VariableValues big{{"b", std::string(400, 'b')}};
  EXPECT_TRUE(substitute_text("${b}${b}", big, 1'000, undefined));
  const auto refused = substitute_text("${b}${b}${b}", big, 1'000, undefined);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("more text than one object may have"));
  // Each replacement is longer than what it replaces.
  EXPECT_FALSE(substitute_text("${b//b/bbbb}", big, 1'000, undefined));
}

TEST(SubstituteTextLimits, BoundsDepthAndWork) {
  std::set<std::string> undefined;
  const auto nested = [](int levels) {
    std::string text = "x";
    for (int i = 0; i < levels; ++i) text = "${m:-" + text + "}";
    return text;
  };
  EXPECT_TRUE(substitute_text(nested(16), {}, 1'000, undefined));
  const auto deep = substitute_text(nested(17), {}, 1'000, undefined);
  ASSERT_FALSE(deep);
  EXPECT_THAT(deep.error().message(), HasSubstr("nested deeper than 16 levels"));

  const VariableValues big{{"b", std::string(1u << 20, 'b')}};
  const auto hard =
      substitute_text("${b##" + std::string(200, '*') + "c}", big, 4u << 20, undefined);
  ASSERT_FALSE(hard);
  EXPECT_THAT(hard.error().message(), HasSubstr("takes too much work"));
}

TEST(VariableName, HasFluxsSyntax) {
  for (const auto* name : {"a", "_", "A1_b", "_0"}) EXPECT_TRUE(is_variable_name(name)) << name;
  for (const auto* name : {"", "1a", "a-b", "a.b", "ä", "a b"}) {
    EXPECT_FALSE(is_variable_name(name)) << name;
  }
}

}  // namespace
}  // namespace sealift::objects
