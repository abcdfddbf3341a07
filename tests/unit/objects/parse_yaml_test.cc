#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string repeat(std::string_view text, std::size_t times) {
  std::string result;
  result.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

std::string error_of(std::string_view yaml, const YamlLimits& limits = {}) {
  const auto read = parse_yaml(yaml, "f.yaml", limits);
  if (read) return "no error";
  EXPECT_EQ(read.error().code(), ErrorCode::kInvalidInput);
  return read.error().message();
}

std::vector<std::string> documents_of(std::string_view yaml) {
  const auto read = parse_yaml(yaml, "f.yaml");
  if (!read) return {"error: " + read.error().message()};
  std::vector<std::string> result;
  for (const auto& document : *read) {
    result.push_back(std::to_string(document.start.line) + ":" +
                     std::to_string(document.start.column) + " " + dump_json(document.value));
  }
  return result;
}

TEST(ParseYaml, SplitsDocumentsAndSkipsEmptyOnes) {
  using Documents = std::vector<std::string>;
  EXPECT_EQ(documents_of(""), Documents{});
  EXPECT_EQ(documents_of("\n---\n---\n# only this\n---\n~\n--- # end\n"), Documents{});
  EXPECT_EQ(documents_of("a: 1\n---\nb: 2\n"), (Documents{"1:1 {\"a\":1}", "3:1 {\"b\":2}"}));
  EXPECT_EQ(documents_of("# c\n---\n\n  a: 1\n---"), (Documents{"4:3 {\"a\":1}"}));
  EXPECT_EQ(documents_of("a: 1\r\n---\r\nb: |\r\n  x\r\n"),
            (Documents{"1:1 {\"a\":1}", "3:1 {\"b\":\"x\\n\"}"}));
  EXPECT_EQ(documents_of("\xef\xbb\xbf"
                         "a: 1"),
            (Documents{"1:1 {\"a\":1}"}));
  EXPECT_EQ(documents_of("a: |\n  ---\n"), (Documents{"1:1 {\"a\":\"---\\n\"}"}));
}

TEST(ParseYaml, ReadsJsonAsJson) {
  using Documents = std::vector<std::string>;
  EXPECT_EQ(documents_of("{\"a\":1}\n{\"b\":2} {}"),
            (Documents{"1:1 {\"a\":1}", "2:1 {\"b\":2}", "2:9 {}"}));
  EXPECT_EQ(documents_of("{\"a\":\"\\ud83d\\ude00\"}"),
            (Documents{"1:1 {\"a\":\"\xf0\x9f\x98\x80\"}"}));
  EXPECT_EQ(documents_of("{\"a\":1}\n---\nb: yes\n"),
            (Documents{"1:1 {\"a\":1}", "3:1 {\"b\":true}"}));
  EXPECT_EQ(documents_of("{a: yes}"), (Documents{"1:1 {\"a\":true}"}));
  EXPECT_EQ(documents_of("{\"a\":1.0,\"b\":1e3,\"c\":18446744073709551615,\"d\":-0}"),
            (Documents{"1:1 {\"a\":1,\"b\":1000,\"c\":18446744073709552000,\"d\":0}"}));
  EXPECT_THAT(error_of("{\"a\":1e999}"), HasSubstr(":1:1: the number 1e999"));
  EXPECT_THAT(error_of("{\"a\":1,\"a\":2}"), StartsWith("f.yaml:1:8: "));
}

TEST(ParseYaml, ErrorsSayWhere) {
  EXPECT_THAT(error_of("a: 1\n---\nb: 2\nb: 3\n"),
              StartsWith("f.yaml:4:1: the key \"b\" is already at line 3, column 1"));
  EXPECT_THAT(error_of("a: 1\n---\nb: [1\n"), StartsWith("f.yaml:4:1: not valid YAML"));
  EXPECT_THAT(error_of("a: 1\n--- b\n"), StartsWith("f.yaml:2:5: \"b\" stands behind"));
  EXPECT_THAT(error_of("a:\n  b: *x\n"), StartsWith("f.yaml:2:6: the alias \"*x\" has no anchor"));
  EXPECT_THAT(error_of("a: .nan\n"), StartsWith("f.yaml:1:4: infinity and not-a-number"));
  EXPECT_THAT(error_of("# c\n%YAML 1.1\n---\na: 1\n"), StartsWith("f.yaml:2:1: YAML directives"));
  EXPECT_THAT(error_of("a: 1\n...\nb: 2\n"), StartsWith("f.yaml:3:1: something follows"));
  EXPECT_THAT(error_of("a: 1\nb: \xff\n"),
              StartsWith("f.yaml:2:4: bytes that are not valid UTF-8"));
  EXPECT_THAT(error_of("a: 1\nb: x\xc3\xa9\xc3\n"), StartsWith("f.yaml:2:6: bytes"));
  EXPECT_THAT(error_of("\xff\xfe"
                       "a"),
              HasSubstr("UTF-16"));
  EXPECT_THAT(error_of("a: 1\nb: \x01\n"), StartsWith("f.yaml:2:4: not valid YAML"));
}

TEST(ParseYaml, BoundsDepthInBothStyles) {
  for (const std::size_t levels : {std::size_t{65}, std::size_t{10'000}}) {
    EXPECT_THAT(error_of(repeat("[", levels) + repeat("]", levels)),
                HasSubstr("limit of 64 levels"));
    EXPECT_THAT(error_of(repeat("{\"a\":", levels) + "1" + repeat("}", levels)),
                HasSubstr("limit of 64 levels"));
    EXPECT_THAT(error_of(repeat("- ", levels) + "1"), HasSubstr("limit of 64 levels"));
    EXPECT_THAT(error_of(repeat("? ", levels) + "1"), HasSubstr("cannot be a key"));
  }
  std::string block;
  for (std::size_t level = 0; level < 2'000; ++level) {
    block += std::string(level, ' ') + "a:\n";
  }
  EXPECT_THAT(error_of(block), HasSubstr("limit of 64 levels"));
  EXPECT_EQ(error_of(repeat("[", 64) + repeat("]", 64)), "no error");
}

TEST(ParseYaml, DepthCountsWhatAliasesBring) {
  std::string yaml = "a: &a " + repeat("[", 60) + repeat("]", 60) + "\nb: [[[*a]]]\n";
  EXPECT_EQ(error_of(yaml), "no error");
  yaml = "a: &a " + repeat("[", 60) + repeat("]", 60) + "\nb: [[[[*a]]]]\n";
  EXPECT_THAT(error_of(yaml), HasSubstr("nests deeper than the limit of 64 levels"));
}

TEST(ParseYaml, RefusesAliasBombs) {
  std::string laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string previous = "*a" + std::to_string(level - 1);
    laughs += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + previous;
    for (int i = 0; i < 9; ++i) laughs += ", " + previous;
    laughs += "]\n";
  }
  EXPECT_THAT(error_of(laughs), HasSubstr("than"));
  EXPECT_NE(error_of(laughs), "no error");

  std::string merges = "a0: &a0 {k: v}\n";
  for (int level = 1; level < 40; ++level) {
    const std::string previous = "*a" + std::to_string(level - 1);
    merges += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " {<<: [" + previous +
              ", " + previous + "], x: " + previous + ", y: " + previous + "}\n";
  }
  EXPECT_NE(error_of(merges), "no error");

  const std::string text =
      "a: &a " + std::string(100'000, 'x') + "\nb: [" + repeat("*a, ", 1'000) + "]\n";
  EXPECT_THAT(error_of(text), HasSubstr("expand to more than"));

  std::string nested;
  for (int level = 0; level < 60; ++level) nested += "&a" + std::to_string(level) + " [";
  nested += repeat("x, ", 100'000) + repeat("]", 60);
  EXPECT_THAT(error_of(nested), HasSubstr("anchors of this file"));
}

TEST(ParseYaml, BoundsCounts) {
  EXPECT_THAT(error_of(repeat("- x\n", 1'100'000)), HasSubstr("more than 1048576 values"));
  EXPECT_THAT(error_of(repeat("---\na: 1\n", 1'000'000)), HasSubstr("more than 10000 documents"));
  EXPECT_THAT(error_of(repeat("{}", 1'000'000)), HasSubstr("more than"));
  EXPECT_THAT(error_of(repeat("---\n#\n", 1'000'000)), HasSubstr("more than 10000 documents"));
  EXPECT_EQ(error_of(repeat("---\n", 1'000'000)), "no error");
  YamlLimits small;
  small.max_bytes = 10;
  EXPECT_THAT(error_of("a: 12345678", small), HasSubstr("11 bytes, more than the limit of 10"));
}

TEST(ParseYaml, BoundsTheKeysThatAliasesCopy) {
  const std::string anchor = "- &a " + std::string(1'000'000, 'k') + "\n";
  EXPECT_EQ(error_of(anchor + repeat("- {*a : 1}\n", 10)), "no error");
  EXPECT_THAT(error_of(anchor + repeat("- {*a : 1}\n", 1'000)),
              HasSubstr("the aliases of this file expand to more than 16777216 bytes"));
}

TEST(ParseYaml, TakesLargeInputsInLinearTime) {
  EXPECT_THAT(error_of(std::string(5'000'000, 'k') + ": 1"), HasSubstr("not valid YAML"));
  EXPECT_EQ(error_of("a: " + std::string(5'000'000, 'v')), "no error");
  EXPECT_EQ(error_of("a: '" + repeat("x\n ", 1'000'000) + "'"), "no error");
  EXPECT_THAT(error_of(repeat("%TAG !a! tag:x\n", 500'000)), HasSubstr("directives"));
  EXPECT_THAT(error_of("{}\n...\n" + repeat("%TAG !a! tag:x\n", 500'000)),
              HasSubstr("something follows"));
  std::string keys;
  for (int i = 0; i < 200'000; ++i) keys += "k" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(error_of(keys), "no error");
  EXPECT_THAT(error_of(keys + "k77: 2\n"), HasSubstr("already at line 78, column 1"));
  std::string anchors;
  for (int i = 0; i < 200'000; ++i) anchors += "- &a" + std::to_string(i) + " x\n";
  EXPECT_EQ(error_of(anchors), "no error");
  EXPECT_NE(error_of(repeat("{a: ", 3'000'000)), "no error");
  EXPECT_NE(error_of(repeat("[a, ", 3'000'000)), "no error");
}

TEST(Locate, FindsFieldsByPointer) {
  const std::string yaml =
      "# first\na: 1\n---\nmetadata:\n  name: x\n  labels: {a/b: c, d: e}\nitems:\n- a: 1\n- b: "
      "2\n";
  const auto read = parse_yaml(yaml, "f.yaml");
  ASSERT_TRUE(read.has_value());
  const YamlDocument& document = read->at(1);
  const auto at = [&](std::string_view pointer) {
    const auto position = locate(document, pointer);
    return std::to_string(position.line) + ":" + std::to_string(position.column);
  };
  EXPECT_EQ(at(""), "4:1");
  EXPECT_EQ(at("/metadata/name"), "5:3");
  EXPECT_EQ(at("/metadata/labels/a~1b"), "6:12");
  EXPECT_EQ(at("/metadata/labels/d"), "6:20");
  EXPECT_EQ(at("/metadata/namespace"), "4:1");
  EXPECT_EQ(at("/items/1/b"), "9:3");
  std::vector<std::string> together;
  for (const auto& position :
       locate_all(document, {"/items/1/b", "", "/metadata/labels/a~1b", "/metadata/namespace",
                             "/items/7", "/metadata/name", "/metadata/name/no/such"})) {
    together.push_back(std::to_string(position.line) + ":" + std::to_string(position.column));
  }
  EXPECT_EQ(together, (std::vector<std::string>{"9:3", "4:1", "6:12", "4:1", "7:1", "5:3", "5:3"}));
  auto items = locate_items(document);
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items["/items/1"].line, 9u);
  EXPECT_EQ(items["/items/1"].column, 3u);
}

// The names of mappings can be long, and each of a million elements would have them in its pointer.
TEST(LocateItems, KnowsElementsOfListsAlone) {
  const auto read = parse_yaml(
      "items:\n- items: {key: {items: [1, 2]}}\n- items: [1, {items: [2]}]\nother: [1]\n", "f");
  ASSERT_TRUE(read.has_value());
  std::vector<std::string> pointers;
  for (const auto& [pointer, position] : locate_items(read->front())) pointers.push_back(pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{"/items/0", "/items/1", "/items/1/items/0",
                                                "/items/1/items/1", "/items/1/items/1/items/0"}));
}

}  // namespace
}  // namespace sealift::objects
