#include <sealift/objects/substitution.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string>

namespace sealift::objects {
namespace {

// tests/data/substitution/flux.json holds, for many texts, what Flux's own libraries make of them.
// What they refuse we may take; what they take has to mean the same here, but for the differences
// that docs/formats/substitution.md has a reason for.
const Json& flux() {
  static const Json document = [] {
    std::ifstream file(SEALIFT_TEST_DATA "/substitution/flux.json");
    std::stringstream text;
    text << file.rdbuf();
    auto parsed = parse_json(text.str(), "flux.json");
    EXPECT_TRUE(parsed);
    return parsed ? *std::move(parsed) : Json();
  }();
  return document;
}

VariableValues variables() {
  VariableValues values;
  for (const auto& [name, value] : *flux().find("variables")->as_object()) {
    values.emplace(name, *value.as_string());
  }
  return values;
}

bool is_one_of(std::string_view text, const auto& texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

TEST(FluxSubstitution, OfTextsIsOurs) {
  // A class at the end, letters beyond ASCII, and characters cut in two.
  constexpr std::array<std::string_view, 10> kOther = {
      "${app%[a-z]}", "${path%[a-z]}", "${twice%[a-z]}", "${umlaut%[a-z]}", "${umlaut^}",
      "${umlaut^^}",  "${umlaut:1}",   "${umlaut:1:99}", "${umlaut#?}",     "${umlaut#[^s]}"};
  const auto values = variables();
  std::size_t compared = 0;
  for (const Json& one : *flux().find("texts")->as_array()) {
    const auto text = one.string_at({"text"});
    if (one.find("error") != nullptr || is_one_of(text, kOther)) continue;
    SCOPED_TRACE(text);
    std::set<std::string> undefined;
    const auto ours = substitute_text(text, values, 1'000, undefined);
    ASSERT_TRUE(ours) << ours.error().message();
    EXPECT_EQ(*ours, one.string_at({"output"}));
    ++compared;
  }
  EXPECT_GT(compared, 300u);
}

Result<Json> field_of(std::string_view text) {
  Json object;
  object.set("apiVersion", "example.com/v1");
  object.set("kind", "Widget");
  object.set("metadata", Json(Json::Object{{"name", Json("w")}}));
  object.set("spec", Json(Json::Object{{"field", Json(text)}}));
  const auto parsed = parse_object(std::move(object), "object");
  if (!parsed) return fail(parsed.error());
  std::set<std::string> undefined;
  const auto own = substitute(*parsed, variables(), undefined);
  if (!own) return fail(own.error());
  return *own->json().find_path({"spec", "field"});
}

TEST(FluxSubstitution, OfFieldsIsOurs) {
  // A tag, an anchor, and lines of a block that a value makes blank or indents.
  constexpr std::array<std::string_view, 5> kOther = {"${amp}", "${bang}", "${empty}\n",
                                                      "a\n${empty}", "${blank}\n"};
  std::size_t compared = 0;
  for (const Json& one : *flux().find("fields")->as_array()) {
    const auto text = one.string_at({"text"});
    if (one.find("error") != nullptr || is_one_of(text, kOther)) continue;
    SCOPED_TRACE(text);
    const auto ours = field_of(text);
    ASSERT_TRUE(ours) << ours.error().message();
    // There the value ends at " #", wherever no quotes are around it.
    const bool is_cut = text.find("${hash}") != std::string_view::npos &&
                        dump_json(*one.find("output")).find("pass #word") == std::string::npos;
    if (is_cut) {
      EXPECT_NE(dump_json(*ours).find("pass #word"), std::string::npos);
    } else {
      EXPECT_EQ(dump_json(*ours), dump_json(*one.find("output")));
    }
    ++compared;
  }
  EXPECT_GT(compared, 600u);
}

}  // namespace
}  // namespace sealift::objects
