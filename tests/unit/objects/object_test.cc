#include <sealift/objects/object.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(std::string_view yaml) {
  const auto read = parse_objects(yaml, "deploy/web.yaml");
  if (read) return "no error";
  EXPECT_EQ(read.error().code(), ErrorCode::kInvalidInput);
  return read.error().message();
}

struct Refusal {
  const char* yaml;
  const char* beginning;
  const char* part;
};

TEST(ParseObjects, RefusalsNameFileLineColumnObjectAndField) {
  const Refusal kRefusals[] = {
      {"just text", "deploy/web.yaml:1:1: object: the document must be a mapping",
       "of type string"},
      {"- a", "deploy/web.yaml:1:1: ", "the document must be a mapping"},
      {"kind: Pod", "deploy/web.yaml:1:1: Pod: apiVersion is missing", ""},
      {"apiVersion: 1\nkind: Pod", "deploy/web.yaml:1:1: Pod: apiVersion must be a string",
       "put it between quotes"},
      {"apiVersion: a/b/c\nkind: Pod", "deploy/web.yaml:1:1: Pod: apiVersion \"a/b/c\" must be",
       ""},
      {"apiVersion: Apps/v1\nkind: Pod", "", "GROUP/VERSION"},
      {"apiVersion: v1\n", "deploy/web.yaml:1:1: object: kind is missing", ""},
      {"apiVersion: v1\nkind: 'P o d'", "deploy/web.yaml:2:1: ", "letters and digits"},
      {"apiVersion: v1\nkind: Pod", "deploy/web.yaml:1:1: Pod: metadata is missing", ""},
      {"apiVersion: v1\nkind: Pod\nmetadata:\n- a", "deploy/web.yaml:3:1: Pod: metadata must be a",
       ""},
      {"apiVersion: v1\nkind: Pod\nmetadata: {}",
       "deploy/web.yaml:3:1: Pod: metadata.name is missing", ""},
      {"apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: x-",
       "deploy/web.yaml:4:3: Pod: metadata.generateName", "each apply"},
      {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: 12",
       "deploy/web.yaml:4:3: Pod: metadata.name", "put it between quotes"},
      {"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  labels: {}\n  name: Web",
       "deploy/web.yaml:5:3: Deployment \"Web\": metadata.name must be", "RFC 1123 subdomain"},
      {"apiVersion: v1\nkind: Service\nmetadata:\n  name: a.b",
       "deploy/web.yaml:4:3: Service \"a.b\": metadata.name must be", "RFC 1123 label"},
      {"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: a.b",
       "deploy/web.yaml:4:3: Namespace \"a.b\": metadata.name must be", "RFC 1123 label"},
      {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: a.b",
       "deploy/web.yaml:5:3: Pod \"a\": metadata.namespace \"a.b\" must be", ""},
      {"apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: a/b",
       "deploy/web.yaml:4:3: Role \"a/b\": metadata.name must not hold", ""},
      {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    on: 'x'\n    v: 1.0",
       "deploy/web.yaml:7:5: Pod \"a\": metadata.labels[\"v\"] must be a string",
       "put it between quotes"},
      {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    a: -x",
       "deploy/web.yaml:6:5: Pod \"a\": the value \"-x\" of metadata.labels[\"a\"] must be", ""},
      {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    A/b: x",
       "deploy/web.yaml:6:5: Pod \"a\": the key \"A/b\" of metadata.labels must", ""},
      {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    a: ~",
       "deploy/web.yaml:6:5: Pod \"a\": metadata.annotations[\"a\"] must be a string, and is null",
       ""},
      {"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n"
       "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: A",
       "deploy/web.yaml:10:5: Pod \"A\": metadata.name must", ""},
      {"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"é\"}}",
       "deploy/web.yaml:1:45: ", "metadata.name must"},
      {"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}, \"x\": \"é\"} "
       "{\"apiVersion\":\"v1\",\n"
       "\"kind\":\"Pod\",\"metadata\":{\"name\":\"A\"}}",
       "deploy/web.yaml:2:26: ", "metadata.name must"},
      {"{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}, \"x\": \"é\"} "
       "{\"kind\":\"Pod\"}",
       "deploy/web.yaml:1:68: ", "apiVersion is missing"},
  };
  for (const Refusal& refusal : kRefusals) {
    SCOPED_TRACE(refusal.yaml);
    EXPECT_THAT(error_of(refusal.yaml), StartsWith(refusal.beginning));
    EXPECT_THAT(error_of(refusal.yaml), HasSubstr(refusal.part));
  }
}

TEST(ParseObjects, AcceptsWhatTheServersAccept) {
  for (const char* yaml : {
           "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: "
           "system:x",
           "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a.b-c.1\n  namespace: ~",
           "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: ~\n  annotations:\n"
           "    Example.com/Key: '{\"any\": \"text\"}'",
           "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {app.io/n_1: '', b: "
           "A.b}",
           "apiVersion: networking.k8s.io/v1\nkind: IPAddress\nmetadata: {name: '2001:db8::1'}",
       }) {
    EXPECT_EQ(error_of(yaml), "no error") << yaml;
  }
}

TEST(ParseObjects, UnfoldsListsInTheirOrder) {
  const auto read = parse_objects(
      "apiVersion: v1\nkind: List\nitems:\n"
      "- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n"
      "- apiVersion: apps/v1\n  kind: DeploymentList\n  items:\n  - metadata: {name: b}\n"
      "---\n{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n"
      " {\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"c\",\"namespace\":\"n\"}}]"
      "}\n"
      "---\napiVersion: v1\nkind: List\nitems: []\n",
      "f.yaml");
  ASSERT_TRUE(read.has_value()) << read.error().message();
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ(read->at(0).id().to_string(), "Pod a");
  EXPECT_EQ(read->at(0).source(), "f.yaml:4:3");
  EXPECT_EQ(read->at(1).id().to_string(), "Deployment.apps b");
  EXPECT_EQ(read->at(1).source(), "f.yaml:8:5");
  EXPECT_EQ(read->at(1).json().string_at({"kind"}), "Deployment");
  EXPECT_EQ(read->at(2).id().to_string(), "Pod n/c");
  EXPECT_EQ(read->at(2).source(), "f.yaml:11:2");
}

TEST(ParseObjects, TakesManyListsInLinearTime) {
  std::string inner = "kind: List\nitems:\n";
  for (int i = 0; i < 100'000; ++i) inner += "- {kind: List, items: []}\n";
  EXPECT_EQ(error_of(inner), "no error");
  std::string documents;
  for (int i = 0; i < 9'999; ++i) documents += "{\"kind\": \"List\", \"items\": []} ";
  EXPECT_EQ(error_of(documents), "no error");
  EXPECT_THAT(error_of(documents + "{\"kind\": \"List\", \"items\": [1]}"),
              StartsWith("deploy/web.yaml:1:299998: "));
}

TEST(ParseObjects, BoundsTheSizeOfObjectsAndAnnotations) {
  const std::string head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n";
  EXPECT_EQ(error_of(head + "data:\n  x: " + std::string(1'500'000, 'x')), "no error");
  EXPECT_THAT(error_of(head + "data:\n  x: " + std::string(1'600'000, 'x')),
              HasSubstr("no more than 1572864"));
  EXPECT_EQ(error_of(head + "  annotations:\n    x: " + std::string(262'143, 'x')), "no error");
  EXPECT_THAT(error_of(head + "  annotations:\n    x: " + std::string(262'144, 'x')),
              HasSubstr("limit of 262144"));
}

TEST(CheckUnique, NamesBothPlaces) {
  const std::string yaml =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\n"
      "apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: {name: a, namespace: shop}\n";
  const auto objects = parse_objects(yaml, "f.yaml");
  ASSERT_TRUE(objects.has_value()) << objects.error().message();
  EXPECT_TRUE(check_unique(*objects, "default").has_value());
  const auto result = check_unique(*objects, "shop");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kInvalidInput);
  EXPECT_THAT(result.error().message(),
              StartsWith("f.yaml:5:1: Deployment.apps shop/a is already at f.yaml:1:1"));
}

TEST(Object, ChangesAppearInTheJson) {
  auto objects = parse_objects("apiVersion: v1\nkind: Pod\nmetadata: {name: a}", "f.yaml");
  ASSERT_TRUE(objects.has_value());
  Object& object = objects->front();
  EXPECT_EQ(object.label("x"), "");
  object.set_name_space("shop");
  object.set_label("x", "1");
  object.set_label("x", "2");
  object.set_annotation("y", "3");
  EXPECT_EQ(object.label("x"), "2");
  EXPECT_EQ(object.annotation("y"), "3");
  EXPECT_EQ(object.id().to_string(), "Pod shop/a");
  EXPECT_EQ(dump_json_sorted(object.json()),
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"annotations\":{\"y\":\"3\"},"
            "\"labels\":{\"x\":\"2\"},\"name\":\"a\",\"namespace\":\"shop\"}}");
  object.set_name_space("");
  EXPECT_EQ(object.json().find_path({"metadata", "namespace"}), nullptr);
}

}  // namespace
}  // namespace sealift::objects
