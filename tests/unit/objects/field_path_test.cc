#include <sealift/objects/field_path.h>

#include <gtest/gtest.h>

#include "support/result_matchers.h"

namespace sealift::objects {
namespace {

using sealift::test::fails_with;

Json json(std::string_view text) {
  auto parsed = parse_json(text, "test");
  EXPECT_THAT(parsed, test::is_ok());
  return parsed ? *std::move(parsed) : Json();
}

FieldPath path(std::string_view text) {
  auto parsed = FieldPath::parse(text);
  EXPECT_THAT(parsed, test::is_ok()) << text;
  return *std::move(parsed);
}

TEST(FieldPath, ReadsNamesAndItems) {
  using Segment = FieldPath::Segment;
  const std::pair<std::string, std::vector<Segment>> cases[] = {
      {"/spec", {{"spec", {}}}},
      {"/a/b~1c~0d/0", {{"a", {}}, {"b/c~d", {}}, {"0", {}}}},
      {"/~01", {{"~1", {}}}},
      {"/l/[name=web]/image", {{"l", {}}, {"", {{"name", "web"}}}, {"image", {}}}},
      {"/[port=80,protocol=TCP]", {{"", {{"port", "80"}, {"protocol", "TCP"}}}}},
      {"/[=a,b=c]", {{"", {{"", "a,b=c"}}}}},
      {"/[a=]", {{"", {{"a", ""}}}}},
      {"/[a=b=c~1d]", {{"", {{"a", "b=c/d"}}}}},
      {"/a[0]", {{"a[0]", {}}}},
  };
  for (const auto& [text, segments] : cases) {
    SCOPED_TRACE(text);
    ASSERT_OK_ASSIGN(const auto parsed, FieldPath::parse(text));
    EXPECT_EQ(parsed.segments(), segments);
    EXPECT_EQ(parsed.text(), text);
  }
}

TEST(FieldPath, RefusesWhatIsNone) {
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += "/a";
  const std::pair<std::string, std::string> cases[] = {
      {"", "\"\" is no path of a field: it must begin with \"/\""},
      {"spec/replicas", "\"spec/replicas\" is no path of a field: it must begin with \"/\""},
      {".spec.replicas", "must begin with \"/\""},
      {"/", "a name in it is empty"},
      {"/a//b", "a name in it is empty"},
      {"/a/", "a name in it is empty"},
      {"/a~", "written ~0"},
      {"/a~2b", "written ~0"},
      {"/l/[name]", "written [KEY=VALUE]"},
      {"/l/[]", "written [KEY=VALUE]"},
      {"/l/[name=web", "written [KEY=VALUE]"},
      {"/l/[name=web]x", "written [KEY=VALUE]"},
      {"/l/[a=b,c]", "written [KEY=VALUE]"},
      {"/l/[a=b,=c]", "written [KEY=VALUE]"},
      {"/l/[a=b,]", "written [KEY=VALUE]"},
      {deep, "more than 64 segments"},
      {"/" + std::string(512, 'a'), "longer than 512 bytes"},
  };
  for (const auto& [text, message] : cases) {
    SCOPED_TRACE(text);
    EXPECT_THAT(FieldPath::parse(text), fails_with(ErrorCode::kInvalidInput, message));
  }
}

constexpr std::string_view kObject = R"({"spec": {"replicas": 3, "empty": null,
  "containers": [{"name": "web", "image": "a"}, {"name": "log", "image": "b"}],
  "ports": [{"port": 80, "protocol": "TCP", "x": 1}, {"port": 80, "protocol": "UDP", "x": 2}],
  "flags": [true, {"on": true}], "finalizers": ["one", "two"]}})";

TEST(FieldPath, FindsTheFirstField) {
  const std::pair<std::string, std::string> cases[] = {
      {"/spec/replicas", "3"},
      {"/spec/empty", "null"},
      {"/spec/containers/[name=log]/image", "\"b\""},
      {"/spec/containers/1/name", "\"log\""},
      {"/spec/ports/[port=80]/x", "1"},
      {"/spec/ports/[protocol=UDP,port=80]/x", "2"},
      {"/spec/flags/[on=true]/on", "true"},
      {"/spec/flags/[=true]", "true"},
      {"/spec/finalizers/[=two]", "\"two\""},
      {"/spec/none", "-"},
      {"/spec/replicas/deeper", "-"},
      {"/spec/containers/name", "-"},
      {"/spec/containers/2", "-"},
      {"/spec/containers/01", "-"},
      {"/spec/containers/-1", "-"},
      {"/spec/containers/-", "-"},
      {"/spec/containers/[name=none]", "-"},
      {"/spec/[replicas=3]", "-"},
      {"/spec/containers/[=web]", "-"},
  };
  const auto object = json(kObject);
  for (const auto& [text, expected] : cases) {
    SCOPED_TRACE(text);
    const Json* found = find_field(object, path(text));
    EXPECT_EQ(found == nullptr ? "-" : dump_json(*found), expected);
  }
}

TEST(FieldPath, ErasesEachField) {
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {R"({"a":{"b":1,"c":2}})", "/a/b", R"({"a":{"c":2}})"},
      {R"({"a":{"b":1}})", "/a/b", R"({"a":{}})"},
      {R"({"a":[{"n":"x","v":1},{"n":"y","v":2}]})", "/a/[n=y]/v",
       R"({"a":[{"n":"x","v":1},{"n":"y"}]})"},
      {R"({"a":[{"n":"x"},{"n":"y"},{"n":"x"}]})", "/a/[n=x]", R"({"a":[{"n":"y"}]})"},
      {R"({"a":[{"n":1,"v":1},{"n":1,"v":2}]})", "/a/[n=1]/v", R"({"a":[{"n":1},{"n":1}]})"},
      {R"({"a":[1,2,3]})", "/a/1", R"({"a":[1,3]})"},
      {R"({"a":["x","y"]})", "/a/[=x]", R"({"a":["y"]})"},
      {R"({"a":{"b":1}})", "/a/c", ""},
      {R"({"a":{"b":1}})", "/a/b/c", ""},
      {R"({"a":[1]})", "/a/1", ""},
      {R"({"a":{"b":1}})", "/a/[b=1]", ""},
      {R"({"a":[{"n":"x"}]})", "/a/[n=x]/v", ""},
  };
  for (const auto& [before, text, after] : cases) {
    SCOPED_TRACE(before + " " + text);
    auto object = json(before);
    EXPECT_EQ(erase_field(object, path(text)), !after.empty());
    EXPECT_EQ(dump_json(object), after.empty() ? before : after);
  }
}

TEST(FieldPath, SetsWhereItCan) {
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {R"({"a":{"b":1}})", "/a/b", R"({"a":{"b":9}})"},
      {R"({})", "/a/b", R"({"a":{"b":9}})"},
      {R"({"a":null})", "/a/b", R"({"a":{"b":9}})"},
      {R"({"a":[{"n":"x"}]})", "/a/[n=x]/v", R"({"a":[{"n":"x","v":9}]})"},
      {R"({"a":[{"n":1},{"n":1}]})", "/a/[n=1]/v", R"({"a":[{"n":1,"v":9},{"n":1,"v":9}]})"},
      {R"({"a":[1,2]})", "/a/1", R"({"a":[1,9]})"},
      {R"({"a":["x"]})", "/a/[=x]", R"({"a":[9]})"},
      {R"({"a":[]})", "/a/[n=x]/v", ""},
      {R"({"a":[1]})", "/a/1", ""},
      {R"({})", "/a/[n=x]/v", ""},
      {R"({"a":7})", "/a/b", ""},
  };
  for (const auto& [before, text, after] : cases) {
    SCOPED_TRACE(before + " " + text);
    auto object = json(before);
    EXPECT_EQ(set_field(object, path(text), Json(9)), !after.empty());
    EXPECT_EQ(dump_json(object), after.empty() ? before : after);
  }
}

// As the API server wrote it for a Deployment and a Service.
constexpr std::string_view kOwned = R"({
  "f:metadata": {"f:labels": {".": {}, "f:app": {}}, "f:finalizers": {".": {}, "v:\"a/b\"": {}}},
  "f:spec": {"f:replicas": {}, "f:selector": {},
    "f:ports": {"k:{\"port\":80,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}, "f:name": {}}},
    "f:template": {"f:spec": {"f:containers": {
      "k:{\"name\":\"web\"}": {".": {}, "f:image": {}, "f:name": {},
        "f:args": {"i:0": {}}}}}}}})";

TEST(FieldPath, KnowsWhatAnEntryOwns) {
  const std::pair<std::string, bool> cases[] = {
      {"/spec/replicas", true},
      {"/spec", true},
      {"/metadata/labels/app", true},
      {"/metadata/labels/other", false},
      {"/metadata/finalizers/[=a~1b]", true},
      {"/metadata/finalizers/[=c]", false},
      {"/metadata/finalizers/a~1b", false},
      {"/spec/selector/app", true},  // an undivided map
      {"/spec/replicas/x", true},    // a leaf, whatever is in it
      {"/spec/ports/[port=80]/name", true},
      {"/spec/ports/[protocol=TCP,port=80]/name", true},
      {"/spec/ports/[port=80]/targetPort", false},
      {"/spec/ports/[port=81]", false},
      {"/spec/template/spec/containers/[name=web]/image", true},
      {"/spec/template/spec/containers/[name=log]/image", false},
      {"/spec/template/spec/containers/[name=web]/args/0", true},
      {"/spec/template/spec/containers/[name=web]/args/1", false},
      {"/spec/template/spec/containers/web", false},
      {"/status", false},
  };
  const auto owned = json(kOwned);
  for (const auto& [text, expected] : cases) {
    SCOPED_TRACE(text);
    EXPECT_EQ(owns_field(owned, path(text)), expected);
  }
  EXPECT_FALSE(owns_field(json("{}"), path("/spec")));
  EXPECT_FALSE(owns_field(Json(), path("/spec")));
  EXPECT_FALSE(owns_field(json(R"({"k:{":{}, "f":{}, "":{}, "v:[":{}})"), path("/[a=b]")));
}

// Whoever takes a field over takes it out of our entry; with the field disowned before and after,
// both must be the same.
TEST(FieldPath, DisownsAsIfItHadNeverBeenOwned) {
  const std::tuple<std::string, std::string, std::string> cases[] = {
      {R"({"f:spec":{"f:replicas":{},"f:x":{}}})", "/spec/replicas", R"({"f:spec":{"f:x":{}}})"},
      {R"({"f:spec":{"f:replicas":{}},"f:data":{"f:a":{}}})", "/spec/replicas",
       R"({"f:data":{"f:a":{}}})"},
      {R"({"f:spec":{"f:replicas":{}}})", "/spec/replicas", "{}"},
      {R"({"f:labels":{".":{},"f:a":{}}})", "/labels/a", R"({"f:labels":{".":{}}})"},
      {R"({"f:labels":{".":{},"f:a":{}}})", "/labels", "{}"},
      {R"({"f:c":{"k:{\"n\":\"x\"}":{".":{},"f:i":{}},"k:{\"n\":\"y\"}":{".":{},"f:i":{}}}})",
       "/c/[n=x]/i", R"({"f:c":{"k:{\"n\":\"x\"}":{".":{}},"k:{\"n\":\"y\"}":{".":{},"f:i":{}}}})"},
      {R"({"f:c":{"k:{\"n\":\"x\"}":{".":{}},"k:{\"n\":\"y\"}":{".":{}}}})", "/c/[n=x]",
       R"({"f:c":{"k:{\"n\":\"y\"}":{".":{}}}})"},
      {R"({"f:s":{"v:\"a\"":{},"v:3":{}}})", "/s/[=3]", R"({"f:s":{"v:\"a\"":{}}})"},
      {R"({"f:spec":{"f:selector":{}}})", "/spec/selector/app", ""},
      {R"({"f:spec":{"f:x":{}}})", "/spec/replicas", ""},
      {R"({})", "/spec", ""},
  };
  for (const auto& [before, text, after] : cases) {
    SCOPED_TRACE(before + " " + text);
    auto owned = json(before);
    EXPECT_EQ(disown_field(owned, path(text)), !after.empty());
    EXPECT_EQ(dump_json(owned), after.empty() ? before : after);
  }
}

}  // namespace
}  // namespace sealift::objects
