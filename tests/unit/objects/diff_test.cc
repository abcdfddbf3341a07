#include <sealift/objects/diff.h>
#include <sealift/objects/hash.h>
#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

using testing::HasSubstr;
using testing::Not;

Json json(std::string_view text) {
  auto read = parse_json(text, "json");
  EXPECT_TRUE(read.has_value()) << text;
  return read.value_or(Json());
}

std::string shown(const std::vector<Difference>& differences) {
  std::string text;
  for (const auto& [pointer, before, after] : differences) {
    text += pointer + ":" + (before ? dump_json(*before) : "") + ">" +
            (after ? dump_json(*after) : "") + " ";
  }
  return text;
}

TEST(Diff, ListsEachDifferenceOnce) {
  const struct {
    const char* before;
    const char* after;
    const char* differences;
  } kCases[] = {
      {"{}", "{}", ""},
      {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", ""},
      {"{\"a\":1}", "{\"a\":2}", "/a:1>2 "},
      {"{\"a\":1}", "{\"b\":1}", "/a:1> /b:>1 "},
      {"{\"a/b\":1}", "{\"a/b\":\"1\"}", "/a~1b:1>\"1\" "},
      {"{\"a\":{\"b\":[1,2]}}", "{\"a\":{\"b\":[1,3]}}", "/a/b/1:2>3 "},
      {"[1,2,3]", "[1,9,2,3]", "/1:>9 "},
      {"[1,2,3]", "[1,3]", "/1:2> "},
      {"[1,2,3]", "[4,1,2,3]", "/0:>4 "},
      {"[1,1]", "[1,1,1]", "/2:>1 "},
      {"[1,2,3,4]", "[1,5,4]", "/1:2>5 /2:3> "},
      {"[]", "[1,2]", "/0:>1 /1:>2 "},
      {"{\"a\":[]}", "{\"a\":{}}", "/a:[]>{} "},
      {"1", "2", ":1>2 "},
      {"{\"a\":null}", "{}", "/a:null> "},
  };
  for (const auto& [before, after, differences] : kCases) {
    EXPECT_EQ(shown(diff(json(before), json(after))), differences) << before << " " << after;
  }
}

TEST(DiffObjects, NeverShowsWhatASecretHolds) {
  const Json before =
      json(R"({"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{)"
           R"("kubectl.kubernetes.io/last-applied-configuration":"hunter1"}},)"
           R"("data":{"same":"hunter2","changed":"hunter3","gone":"hunter4"},"type":"Opaque"})");
  const Json after = json(
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"annotations":{)"
      R"("kubectl.kubernetes.io/last-applied-configuration":"hunter5"}},)"
      R"("data":{"same":"hunter2","changed":"hunter6"},"stringData":{"new":"hunter7"},"type":"Opaque"})");
  const auto differences = diff_objects(&before, &after);
  EXPECT_EQ(shown(differences),
            "/data/changed:\"*** (before)\">\"*** (after)\" /data/gone:\"***\"> "
            "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration:\"*** "
            "(before)\">\"*** (after)\" /stringData:>{\"new\":\"***\"} ");
  for (const auto& text : {render(differences), shown(diff_objects(nullptr, &after)),
                           shown(diff_objects(&before, nullptr))}) {
    EXPECT_THAT(text, Not(HasSubstr("hunter")));
    EXPECT_THAT(text, HasSubstr("***"));
  }
  const Json odd = json(R"({"apiVersion":"v1","kind":"Secret","data":"hunter8"})");
  EXPECT_THAT(shown(diff_objects(&odd, &after)), Not(HasSubstr("hunter")));
}

TEST(DiffObjects, OtherKindsAreShown) {
  const Json before = json(R"({"apiVersion":"v1","kind":"ConfigMap","data":{"a":"x"}})");
  const Json after = json(R"({"apiVersion":"v1","kind":"ConfigMap","data":{"a":"y"}})");
  EXPECT_EQ(shown(diff_objects(&before, &after)), "/data/a:\"x\">\"y\" ");
  EXPECT_EQ(shown(diff_objects(nullptr, nullptr)), "");
}

TEST(Render, WritesALineForEachDifference) {
  EXPECT_EQ(render(diff(json(R"({"spec":{"replicas":2,"ports":[{"port":1}]},"a.b":1})"),
                        json(R"({"spec":{"replicas":3,"ports":[{"port":2}],"x":"\u001b[31m"}})"))),
            "- [\"a.b\"]: 1\n"
            "~ spec.ports[0].port: 1 → 2\n"
            "~ spec.replicas: 2 → 3\n"
            "+ spec.x: \"\\u001b[31m\"\n");
}

TEST(HashOf, IgnoresTheOrderOfMembersAndNothingElse) {
  EXPECT_EQ(hash_of(json(R"({"a":1,"b":{"c":2,"d":3}})")),
            hash_of(json(R"({"b":{"d":3,"c":2},"a":1})")));
  EXPECT_NE(hash_of(json(R"({"a":[1,2]})")), hash_of(json(R"({"a":[2,1]})")));
  EXPECT_NE(hash_of(json(R"({"a":1})")), hash_of(json(R"({"a":"1"})")));
}

}  // namespace
}  // namespace sealift::objects
