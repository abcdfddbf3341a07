#include <sealift/objects/yaml.h>

#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

Json json(std::string_view text) {
  auto read = parse_json(text, "json");
  EXPECT_TRUE(read.has_value()) << text;
  return read.value_or(Json());
}

TEST(DumpYaml, WritesBlockStyle) {
  EXPECT_EQ(dump_yaml(json(R"({"apiVersion":"apps/v1","metadata":{"name":"web","labels":{}},)"
                           R"("spec":{"args":["a b",1,true,null,[],["x","z"]],)"
                           R"("ports":[{"port":80,"name":"http"},{"port":81}]}})")),
            "apiVersion: apps/v1\n"
            "metadata:\n"
            "  name: web\n"
            "  labels: {}\n"
            "spec:\n"
            "  args:\n"
            "  - a b\n"
            "  - 1\n"
            "  - true\n"
            "  - null\n"
            "  - []\n"
            "  - - x\n"
            "    - z\n"
            "  ports:\n"
            "  - port: 80\n"
            "    name: http\n"
            "  - port: 81\n");
}

TEST(DumpYaml, QuotesWhatAnyReaderCouldTakeForSomethingElse) {
  const struct {
    const char* text;
    const char* yaml;
  } kCases[] = {
      {"web", "web\n"},
      {"nginx:1.25", "nginx:1.25\n"},
      {"https://example.com/a?b", "\"https://example.com/a?b\"\n"},
      {"", "\"\"\n"},
      {"yes", "\"yes\"\n"},
      {"NO", "\"NO\"\n"},
      {"y", "\"y\"\n"},
      {"null", "\"null\"\n"},
      {"~", "\"~\"\n"},
      {"1", "\"1\"\n"},
      {"1e3", "\"1e3\"\n"},
      {"12:30", "\"12:30\"\n"},
      {"2001-01-01", "\"2001-01-01\"\n"},
      {".inf", "\".inf\"\n"},
      {"=", "\"=\"\n"},
      {"<<", "\"<<\"\n"},
      {"a: b", "\"a: b\"\n"},
      {"a:", "\"a:\"\n"},
      {"a #b", "\"a #b\"\n"},
      {" a", "\" a\"\n"},
      {"a ", "\"a \"\n"},
      {"- a", "\"- a\"\n"},
      {"a\tb", "\"a\\tb\"\n"},
      {"\"a\\", "\"\\\"a\\\\\"\n"},
      {"\xc3\xa9", "\"\xc3\xa9\"\n"},
      {"\xe2\x80\xa8", "\"\\u2028\"\n"},
      {"\xc2\x85", "\"\\u0085\"\n"},
      {"\xef\xbb\xbf", "\"\\ufeff\"\n"},
      {"\x1b", "\"\\u001b\"\n"},
  };
  for (const auto& [text, yaml] : kCases) EXPECT_EQ(dump_yaml(Json(text)), yaml);
}

TEST(DumpYaml, WritesLinesAsLiteralBlocks) {
  const auto dump = [](const char* text) {
    return dump_yaml(Json(Json::Object{{"a", Json(text)}}));
  };
  EXPECT_EQ(dump("x\ny"), "a: |-\n  x\n  y\n");
  EXPECT_EQ(dump("x\n"), "a: |\n  x\n");
  EXPECT_EQ(dump("x\n\n"), "a: |+\n  x\n\n");
  EXPECT_EQ(dump("x\n\n y\n"), "a: |\n  x\n\n   y\n");
  EXPECT_EQ(dump(" x\n"), "a: \" x\\n\"\n");
  EXPECT_EQ(dump("\nx"), "a: \"\\nx\"\n");
  EXPECT_EQ(dump("x\r\n"), "a: \"x\\r\\n\"\n");
}

TEST(DumpYaml, KeepsNumbersReadableByAll) {
  EXPECT_EQ(dump_yaml(json("1e-7")), "1.0e-7\n");
  EXPECT_EQ(dump_yaml(json("1.5e+300")), "1.5e+300\n");
  EXPECT_EQ(dump_yaml(json("9223372036854775807")), "9223372036854775807\n");
}

TEST(DumpYaml, ReadsBackTheSame) {
  const std::string long_key(2'000, 'k');
  Json value;
  for (const char* text : {"",
                           " ",
                           "\n",
                           "\n\n",
                           "x\n\n\n",
                           "a\nb\n ",
                           "  \nx",
                           "---",
                           "...",
                           "- x",
                           "? x",
                           ": x",
                           "a\n---\nb\n",
                           "%x",
                           "@x",
                           "`x",
                           "&x",
                           "*x",
                           "!x",
                           "|",
                           ">",
                           "{a: b}",
                           "[a]",
                           "a, b",
                           "'",
                           "\"",
                           "\\",
                           "#",
                           "x #y",
                           "0x1F",
                           "0o7",
                           "1_000",
                           "on",
                           "Off",
                           "tRue",
                           "\xf0\x9f\x98\x80\n",
                           "x\n\xc2\x85y",
                           "tab\t\nx",
                           "trailing \nx\n",
                           "e3",
                           "/",
                           "a:b",
                           "a::",
                           "a: "}) {
    value.set(text, Json(text));
    value.set("list", Json()).push_back(Json(text));
  }
  value.set(long_key, json(R"({"a":[{"b":[[1,{"c":[]}]]}]})"));
  value.set(long_key + "2", json("[1,{}]"));
  value.set(long_key + "3", Json("x\ny\n"));
  const auto read = parse_yaml(dump_yaml(value), "dump.yaml");
  ASSERT_TRUE(read.has_value()) << read.error().message() << "\n" << dump_yaml(value);
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(dump_json(read->at(0).value), dump_json(value));
}

}  // namespace
}  // namespace sealift::objects
