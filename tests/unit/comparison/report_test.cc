#include <sealift/comparison/json_report.h>
#include <sealift/comparison/markdown_report.h>
#include <sealift/comparison/text_report.h>

#include "objects.h"

namespace sealift::comparison {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const Sides kSides{"old", "new"};

std::string map(std::string_view data, std::string_view name = "a") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + std::string(name) + "}\n" +
         std::string(data) + "\n";
}

std::string text_of(std::string_view before, std::string_view after, bool coloured = false) {
  const auto result = compared(before, after);
  return text_report(result, summarize_risk(result), kSides, coloured);
}

std::string markdown_of(std::string_view before, std::string_view after) {
  const auto result = compared(before, after);
  return markdown_report(result, summarize_risk(result), kSides);
}

TEST(TextReport, IsADiffByObject) {
  EXPECT_EQ(
      text_of(map("data: {a: one, longer: x, gone: g}"), map("data: {a: two, longer: z, new: k}")),
      "--- old\n+++ new\n\n"
      "changed  ConfigMap a\n"
      "  - /data/a       one\n"
      "  + /data/a       two\n"
      "  - /data/longer  x\n"
      "  + /data/longer  z\n"
      "  - /data/gone    g\n"
      "  + /data/new     k\n"
      "\n"
      "1 changed, 0 added, 0 removed, 0 unchanged\n");
  EXPECT_EQ(text_of(map(""), map("")), "no differences in 1 object\n");
}

TEST(TextReport, TextOfSeveralLinesIsADiffByLine) {
  EXPECT_THAT(text_of(map("data:\n  f: |\n    a\n    b\n    c\n"),
                      map("data:\n  f: |\n    a\n    x\n    c\n")),
              HasSubstr("  @ /data/f\n      a\n  -   b\n  +   x\n      c\n"));
  EXPECT_THAT(text_of(map("data:\n  f: |\n    a\n    b\n"), map("data:\n  f: |-\n    a\n    b\n")),
              HasSubstr("(no line break at the end)"));
}

TEST(TextReport, ObjectsThatAreNewOrGoneAreShownAsAWhole) {
  EXPECT_THAT(text_of("", map("data: {a: b}")),
              HasSubstr("added    ConfigMap a\n  + apiVersion: v1\n  + kind: ConfigMap\n"));
  EXPECT_THAT(text_of(map("data: {a: b}"), ""), HasSubstr("  - data:\n  -   a: b\n"));
}

TEST(TextReport, ColoursAreOptional) {
  EXPECT_THAT(text_of(map("data: {a: b}"), map("data: {a: c}"), true),
              HasSubstr("\033[31m  - /data/a  b\033[0m\n"));
  EXPECT_THAT(text_of(map("data: {a: b}"), map("data: {a: c}")), Not(HasSubstr("\033")));
}

TEST(TextReport, NothingFromOutsideIsObeyedByATerminal) {
  const auto text =
      text_of(map("data: {a: b}"), map("data: {\"\\e[2J\": \"x\\e]0;t\\a\\u202Ey\"}"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
  EXPECT_THAT(text, Not(HasSubstr("\xe2\x80\xae")));
}

TEST(TextReport, RisksFollow) {
  EXPECT_THAT(text_of("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", ""),
              HasSubstr("\nrisks\n  high    Namespace shop: it is removed: everything in it"));
}

TEST(JsonReport, HasEverything) {
  const auto result =
      compared(map("data: {a: b}") + "---\n" + map("", "gone"), map("data: {a: c}"));
  EXPECT_EQ(dump_json(json_report(result, summarize_risk(result), kSides)),
            R"x({"before":"old","after":"new","differs":true,)x"
            R"x("summary":{"changed":1,"added":0,"removed":1,"unchanged":0},)x"
            R"x("risks":[{"severity":"low","object":"ConfigMap gone","message":"it is removed"}],)x"
            R"x("objects":[{"change":"changed","apiVersion":"v1","kind":"ConfigMap","name":"a",)x"
            R"x("fields":[{"path":"/data/a","before":"b","after":"c"}]},)x"
            R"x({"change":"removed","apiVersion":"v1","kind":"ConfigMap","name":"gone",)x"
            R"x("before":{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"gone"}}}]})x");
}

TEST(MarkdownReport, IsASummaryATableAndFoldedDiffs) {
  const auto text = markdown_of(
      "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n---\n" + map("data: {a: b}"),
      map("data: {a: c}"));
  EXPECT_THAT(text,
              StartsWith("**1 changed, 0 added, 1 removed, 0 unchanged**: <code>old</code> → "
                         "<code>new</code>\n\n| risk | object | what it means |\n|---|---|---|\n"
                         "| high | <code>Namespace shop</code> | it is removed"));
  EXPECT_THAT(text, HasSubstr("<details><summary>changed <code>ConfigMap a</code></summary>\n\n"
                              "```diff\n- /data/a  b\n+ /data/a  c\n```\n\n</details>\n"));
  EXPECT_THAT(markdown_of(map(""), map("")), StartsWith("**No differences** in 1 object"));
}

TEST(MarkdownReport, NothingFromOutsideIsMarkup) {
  const std::string hostile =
      "\"</code></details>`|[x](http://a.example)![y](z)@admin #1 <script>\\n# head\\n```\\n\"";
  const auto pod = [&](const std::string& name, const std::string& image) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: " + name +
           ", image: " + image + "}]}\n";
  };
  const auto text = markdown_of(pod("web", "a"), pod(hostile, hostile));
  const auto table = text.substr(0, text.find("<details>"));
  EXPECT_THAT(table, HasSubstr("a new container"));
  for (const auto* markup :
       {"</code></details>", "](", "@admin", "<script>", "\n# head", "#1 ", "://"}) {
    EXPECT_THAT(table, Not(HasSubstr(markup))) << markup;
  }
  for (std::size_t line = 0; (line = table.find('\n', line)) != std::string::npos; ++line) {
    EXPECT_THAT(std::string("|*\n").find(table[line + 1]), Not(std::string::npos)) << table;
    if (line + 2 >= table.size()) break;
  }
}

TEST(MarkdownReport, AFenceIsLongerThanWhatItHolds) {
  const auto text =
      markdown_of(map("data: {a: b}"), map("data:\n  a: |\n    x\n    ````\n    y\n"));
  EXPECT_THAT(text, HasSubstr("\n`````diff\n"));
  EXPECT_THAT(text, HasSubstr("\n`````\n\n</details>"));
}

TEST(MarkdownReport, IsBoundedAndSaysWhatIsLeftOut) {
  std::string after;
  for (int i = 0; i < 400; ++i) {
    after += "---\n" + map("data: {a: '" + std::string(300, '|') + "'}", "m" + std::to_string(i));
  }
  const auto added = markdown_of("", after);
  EXPECT_LE(added.size(), kMaxMarkdownBytes);
  EXPECT_THAT(added,
              HasSubstr("\nLeft out, since a comment has no room for more: the differences of "));
  const auto removed = markdown_of(after, "");
  EXPECT_LE(removed.size(), kMaxMarkdownBytes);
  EXPECT_THAT(removed, HasSubstr(" risks. `sealift diff` prints all of them.\n"));
}

TEST(MarkdownReport, OneObjectDoesNotHideTheOthers) {
  std::string lines = "data:\n  f: |\n";
  for (int i = 0; i < 20'000; ++i) lines += "    line " + std::to_string(i) + "\n";
  const auto text = markdown_of(map("", "z"), map(lines) + "---\n" + map("data: {a: b}", "z"));
  EXPECT_THAT(text, HasSubstr("more @@"));
  EXPECT_THAT(text, HasSubstr("<code>ConfigMap z</code>"));
  EXPECT_LE(text.size(), kMaxMarkdownBytes);
}

TEST(Reports, NoneShowsASecret) {
  const std::string head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";
  const auto before = head + "stringData: {p: hunter2}";
  for (const auto& after : {head + "stringData: {p: hunter3}", std::string(), head}) {
    for (const auto& [one, other] : {std::pair(before, after), std::pair(after, before)}) {
      const auto result = compared(one, other);
      const auto risks = summarize_risk(result);
      const auto all = text_report(result, risks, kSides, false) +
                       markdown_report(result, risks, kSides) +
                       dump_json(json_report(result, risks, kSides));
      EXPECT_THAT(all, Not(HasSubstr("hunter")));
      EXPECT_THAT(all, Not(HasSubstr("aHVudGVy")));
      EXPECT_THAT(all, HasSubstr("(sensitive, "));
    }
  }
}

}  // namespace
}  // namespace sealift::comparison
