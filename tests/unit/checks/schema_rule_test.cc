#include <sealift/checks/schema_set.h>

#include "check_sample.h"
#include "support/result_matchers.h"

namespace sealift::checks {
namespace {

using test::fails_with;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kDefinition =
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
    "metadata: {name: widgets.example.com}\n"
    "spec:\n  group: example.com\n  names: {kind: Widget, plural: widgets}\n  scope: Namespaced\n"
    "  versions:\n"
    "  - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object,\n"
    "      required: [spec], properties: {spec: {type: object, required: [size],\n"
    "      properties: {size: {type: integer, minimum: 1}, colour: {type: string, "
    "enum: [red, blue]}}}}}}}\n"
    "  - {name: v1alpha1, served: false, storage: false, schema: {openAPIV3Schema: {type: "
    "object}}}\n---\n";

std::string widget(const std::string& spec, const std::string& version = "v1") {
  return "apiVersion: example.com/" + version + "\nkind: Widget\nmetadata: {name: a}\nspec:\n" +
         spec;
}

TEST(SchemaRule, HoldsObjectsAgainstTheDefinitionBesideThem) {
  EXPECT_THAT(check_text(kDefinition + widget("  size: 3\n  colour: red\n")), IsEmpty());
  EXPECT_THAT(check_rule("schema", kDefinition + widget("  size: 0\n  colour: green\n")),
              ElementsAre("18:3 /spec/size must be at least 1",
                          "19:3 /spec/colour is none of the values that there are"));
  EXPECT_THAT(check_rule("unknown-field", kDefinition + widget("  size: 1\n  color: red\n")),
              ElementsAre("19:3 /spec/color there is no field \"color\" here"));
  EXPECT_THAT(check_rule("schema", kDefinition + widget("  colour: red\n")),
              ElementsAre("17:1 /spec the field \"size\" is missing"));
}

TEST(SchemaRule, KnowsDefinitionsOfOtherFiles) {
  std::vector<ManifestFile> files;
  files.push_back(ManifestFile::parse("a.yaml", widget("  size: x\n")));
  files.push_back(ManifestFile::parse("z.yaml", kDefinition));
  const auto findings = check(files, {});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].file, "a.yaml");
  EXPECT_EQ(findings[0].rule, "schema");
}

TEST(SchemaRule, WantsAVersionThatIsServed) {
  const auto findings = check_text(kDefinition + widget("  size: 1\n", "v1alpha1"));
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].message, "the definition of Widget does not serve the version v1alpha1");
  EXPECT_EQ(findings[0].advice, "it serves v1");
}

TEST(SchemaRule, ShowsNoValueOfACustomResource) {
  for (const auto& finding : check_text(kDefinition + widget("  size: hunter2\n"))) {
    EXPECT_THAT(finding.message + finding.advice, testing::Not(HasSubstr("hunter2")));
  }
}

// As a cluster publishes it, in small.
constexpr std::string_view kDocument = R"({"openapi": "3.0.0", "components": {"schemas": {
  "io.k8s.api.apps.v1.Deployment": {"type": "object",
    "x-kubernetes-group-version-kind": [{"group": "apps", "version": "v1", "kind": "Deployment"}],
    "properties": {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
      "metadata": {"allOf": [{"$ref": "#/components/schemas/Meta"}], "default": {}},
      "spec": {"allOf": [{"$ref": "#/components/schemas/Spec"}], "default": {}}}},
  "Meta": {"type": "object", "properties": {"name": {"type": "string"},
    "labels": {"type": "object", "additionalProperties": {"type": "string"}}}},
  "Spec": {"type": "object", "required": ["selector"], "properties": {
    "replicas": {"type": "integer", "format": "int32"},
    "selector": {"type": "object", "default": {}}, "anything": {"type": "object"}}}}}})";

std::vector<std::string> check_deployment(const std::string& yaml) {
  SchemaSet schemas;
  schemas.expect_all();
  EXPECT_OK(schemas.add_openapi("apps", "v1", kDocument, "document"));
  std::vector<ManifestFile> files;
  files.push_back(ManifestFile::parse("f.yaml", yaml));
  std::vector<std::string> lines;
  for (const auto& finding : check(files, {}, std::move(schemas))) {
    lines.push_back(finding.rule + " " + finding.field + " " + finding.message);
  }
  return lines;
}

TEST(SchemaRule, HoldsObjectsAgainstADocumentOfACluster) {
  const std::string head = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n";
  EXPECT_THAT(check_deployment(head + "spec: {replicas: 2, selector: {a: b}, anything: {x: 1}}\n"),
              IsEmpty());
  EXPECT_THAT(check_deployment(head + "spec: {replica: 2, replicas: two}\n"),
              ElementsAre("schema /spec the field \"selector\" is missing",
                          "unknown-field /spec/replica there is no field \"replica\" here",
                          "schema /spec/replicas must be an integer, and is a string"));
  EXPECT_THAT(check_deployment("apiVersion: apps/v1\nkind: Deploymnet\nmetadata: {name: a}\n"),
              ElementsAre("schema /apiVersion there is no kind Deploymnet in apps/v1"));
  EXPECT_THAT(check_deployment("apiVersion: example.com/v1\nkind: X\nmetadata: {name: a}\n"),
              ElementsAre(HasSubstr("no-schema /apiVersion no schema is known for it")));
}

TEST(SchemaSet, RefusesWhatIsNoDocument) {
  SchemaSet schemas;
  EXPECT_THAT(schemas.add_openapi("apps", "v1", "{}", "apps.json"),
              fails_with(ErrorCode::kInvalidInput, "apps.json is no OpenAPI v3 document"));
  EXPECT_THAT(schemas.add_openapi("apps", "v1", "nonsense", "apps.json"),
              fails_with(ErrorCode::kInvalidInput, "apps.json"));
  EXPECT_EQ(schemas.find({"apps", "v1", "Deployment"}).problem, "");
}

TEST(SchemaFileNames, AreThoseOfKubernetesAndNeverAPath) {
  EXPECT_EQ(*schema_file_name("", "v1"), "api__v1_openapi.json");
  EXPECT_EQ(*schema_file_name("apps", "v1"), "apis__apps__v1_openapi.json");
  EXPECT_EQ(*schema_file_name("sealift.dev", "v1alpha1"),
            "apis__sealift.dev__v1alpha1_openapi.json");
  const std::pair<const char*, const char*> kBad[] = {
      {"apps", ""},   {"..", "v1"},      {"a/b", "v1"},  {"apps", "../v1"}, {"apps", "v1/x"},
      {"APPS", "v1"}, {".hidden", "v1"}, {"apps", "V1"}, {"a__b", "v1"},    {"apps", "v1.json"}};
  for (const auto& [group, version] : kBad) {
    EXPECT_FALSE(schema_file_name(group, version)) << group << " " << version;
  }
}

}  // namespace
}  // namespace sealift::checks
