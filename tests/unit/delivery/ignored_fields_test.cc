#include <sealift/delivery/ignored_fields.h>
#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::delivery {
namespace {

using testing::HasSubstr;

Json parsed(const std::string& yaml) {
  return objects::parse_yaml(yaml, "object.yaml").value().front().value;
}

TEST(IgnoredFields, AreLeftOutOfWhatIsCompared) {
  const auto object = parsed(
      "{spec: {replicas: 1, containers: [{name: a, image: x}, {name: b, image: y}]}, data: {k: "
      "v}}");
  EXPECT_EQ(dump_json(without_fields(
                object, {"/spec/replicas", "/spec/containers/[name=b]/image", "/no/such", "bad"})),
            R"({"spec":{"containers":[{"name":"a","image":"x"},{"name":"b"}]},"data":{"k":"v"}})");
}

struct Case {
  const char* wanted;
  const char* live;
  const char* path;
  const char* sent;
};

class LiveFields : public testing::TestWithParam<Case> {};

TEST_P(LiveFields, KeepTheirValues) {
  const auto& [wanted, live, path, sent] = GetParam();
  EXPECT_EQ(dump_json(with_live_fields(parsed(wanted), parsed(live), {path})), sent);
}

INSTANTIATE_TEST_SUITE_P(Fields, LiveFields,
                         testing::Values(Case{"{spec: {replicas: 1}}", "{spec: {replicas: 5}}",
                                              "/spec/replicas", R"({"spec":{"replicas":5}})"},
                                         // What the manifest does not have stays other people's.
                                         Case{"{spec: {a: 1}}", "{spec: {a: 2, replicas: 5}}",
                                              "/spec/replicas", R"({"spec":{"a":1}})"},
                                         // Somebody removed it, and that is kept too.
                                         Case{"{spec: {a: 1, b: 2}}", "{spec: {b: 3}}", "/spec/a",
                                              R"({"spec":{"b":2}})"},
                                         Case{"{l: [{name: a, v: 1}, {name: b, v: 1}]}",
                                              "{l: [{name: b, v: 9}, {name: a, v: 8}]}",
                                              "/l/[name=b]/v",
                                              R"({"l":[{"name":"a","v":1},{"name":"b","v":9}]})"},
                                         Case{"{a: 1}", "{a: 2}", "not a path", R"({"a":1})"}));

TEST(IgnoredFields, CannotBeWhatAnApplyHasToSay) {
  for (const auto* path :
       {"/spec/replicas", "/data", "/metadata/labels/a", "/metadata/annotations/x~1y",
        "/metadata/finalizers", "/metadata/ownerReferences/[name=x]",
        "/webhooks/[name=a]/clientConfig"}) {
    EXPECT_EQ(problem_of_ignored(path), "") << path;
  }
  for (const auto* path :
       {"/apiVersion", "/kind", "/metadata", "/metadata/name", "/metadata/namespace",
        "/metadata/labels", "/metadata/annotations", "/metadata/managedFields", "/metadata/uid"}) {
    EXPECT_NE(problem_of_ignored(path), "") << path;
  }
  EXPECT_THAT(problem_of_ignored("spec"), HasSubstr("\"spec\""));
}

}  // namespace
}  // namespace sealift::delivery
