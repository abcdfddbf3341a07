#include <sealift/objects/substitution.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sealift::objects {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const VariableValues kValues = {
    {"NAME", "web"},        {"N", "3"},
    {"OCTAL", "0644"},      {"FLOAT", "1.10"},
    {"TRUE", "true"},       {"EMPTY", ""},
    {"LIST", "[1, two]"},   {"MAP", "{a: 1, b: [x]}"},
    {"BROKEN", "[1, two"},  {"QUOTED", "\"3\""},
    {"quote", "\""},        {"COLON", "key: value"},
    {"HASH", "pass #word"}, {"BLANKS", "  x  "},
    {"STAR", "*alias"},     {"NULL", "null"},
    {"INFINITY", ".inf"},   {"INJECTION", "x\nkind: Secret"},
};

Result<Object> substituted(const std::string& yaml) {
  const auto parsed = parse_objects(yaml, "web.yaml", {}, Placeholders::kAllowed);
  if (!parsed) return fail(parsed.error());
  std::set<std::string> undefined;
  return substitute(parsed->front(), kValues, undefined);
}

// A field of a kind that is not Kubernetes' own.
std::string field(const std::string& text) {
  const auto object = substituted(
      "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n"
      "spec:\n  field: " +
      text + "\n");
  if (!object) return "error: " + object.error().message();
  return dump_json(*object->json().find_path({"spec", "field"}));
}

struct FieldCase {
  const char* text;
  const char* json;
};

class SubstituteField : public testing::TestWithParam<FieldCase> {};

TEST_P(SubstituteField, IsReadAsYaml) {
  EXPECT_EQ(field(GetParam().text), GetParam().json) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Written, SubstituteField,
    testing::Values(
        FieldCase{"${N}", "3"}, FieldCase{"${OCTAL}", "420"}, FieldCase{"${FLOAT}", "1.1"},
        FieldCase{"${TRUE}", "true"}, FieldCase{"${NULL}", "null"}, FieldCase{"${EMPTY}", "null"},
        FieldCase{"${missing}", "null"}, FieldCase{"${missing:=5}", "5"},
        FieldCase{"${N}${N}", "33"}, FieldCase{"1${N}.5", "13.5"}, FieldCase{"a${N}", "\"a3\""},
        FieldCase{"${NAME}:${N}", "\"web:3\""}, FieldCase{"${NAME}", "\"web\""},
        FieldCase{"${LIST}", "[1,\"two\"]"}, FieldCase{"${MAP}", "{\"a\":1,\"b\":[\"x\"]}"},
        // Quotes of the manifest are gone before Flux replaces, and are no protection here either.
        FieldCase{"\"${N}\"", "3"}, FieldCase{"'${N}'", "3"},
        // The way out that Flux documents.
        FieldCase{"${quote}${N}${quote}", "\"3\""}, FieldCase{"${QUOTED}", "\"3\""},
        // go-yaml puts these between quotes or into a block, where text stays text.
        FieldCase{"'- ${N}'", "\"- 3\""}, FieldCase{"\"${N} \"", "\"3 \""},
        FieldCase{"\"${N}\\n\"", "\"3\\n\""}, FieldCase{"'[${N}]'", "\"[3]\""},
        FieldCase{"'{\"a\": ${N}}'", "\"{\\\"a\\\": 3}\""}, FieldCase{"'a: ${N}'", "\"a: 3\""},
        FieldCase{"$${N}", "\"${N}\""}, FieldCase{"$$${N}", "\"$3\""}, FieldCase{"$N", "\"$N\""}));

INSTANTIATE_TEST_SUITE_P(
    // Values that Flux stumbles over, or that would change what is around them there.
    Values, SubstituteField,
    testing::Values(FieldCase{"${BROKEN}", "\"[1, two\""}, FieldCase{"${COLON}", "\"key: value\""},
                    FieldCase{"${HASH}", "\"pass #word\""}, FieldCase{"${BLANKS}", "\"x\""},
                    FieldCase{"${STAR}", "\"*alias\""},
                    FieldCase{"${INJECTION}", "\"x\\nkind: Secret\""}));

TEST(Substitute, ReplacesNamesOfMembersAndItems) {
  const auto object = substituted(
      "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\n"
      "spec: {\"${NAME}-key\": {\"${N}\": [\"${N}\", {x: \"${NAME}\"}]}}\n");
  ASSERT_TRUE(object) << object.error().message();
  EXPECT_EQ(dump_json(*object->json().find("spec")), R"({"web-key":{"3":[3,{"x":"web"}]}})");
}

TEST(Substitute, NamesTheObject) {
  const auto object = substituted(
      "apiVersion: ${V:=apps/v1}\nkind: ${KIND:-Deployment}\nmetadata:\n  name: ${NAME}\n"
      "  namespace: ${NAME}-ns\n  labels: {\"${NAME}\": \"${N}\"}\n"
      "  annotations: {a: \"${TRUE}\"}\n");
  ASSERT_TRUE(object) << object.error().message();
  EXPECT_EQ(object->id().to_string(), "Deployment.apps web-ns/web");
  EXPECT_EQ(object->source(), "web.yaml:1:1");
  EXPECT_EQ(object->label("web"), "3");
  EXPECT_EQ(object->annotation("a"), "true");
  EXPECT_FALSE(object->has_placeholders());
}

TEST(Substitute, KeepsTextWhereKubernetesTakesNothingElse) {
  const auto deployment = substituted(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
      "spec:\n  replicas: ${N}\n  selector: {matchLabels: {v: \"${N}\"}}\n"
      "  template:\n    metadata: {labels: {v: \"${N}\"}}\n"
      "    spec:\n      nodeSelector: {disk: \"${N}\"}\n      containers:\n"
      "      - env: [{name: A, value: \"${N}\"}]\n        args: [\"${N}\"]\n"
      "        command: [\"${TRUE}\"]\n        ports: [{containerPort: \"${N}\"}]\n");
  ASSERT_TRUE(deployment) << deployment.error().message();
  EXPECT_EQ(
      dump_json(*deployment->json().find("spec")),
      R"({"replicas":3,"selector":{"matchLabels":{"v":"3"}},"template":{"metadata":{"labels":)"
      R"({"v":"3"}},"spec":{"nodeSelector":{"disk":"3"},"containers":[{"env":[{"name":"A","value":)"
      R"("3"}],"args":["3"],"command":["true"],"ports":[{"containerPort":3}]}]}}})");
  const auto config = substituted(
      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {num: \"${N}\", e: "
      "\"${EMPTY}\"}\n"
      "immutable: ${TRUE}\n");
  ASSERT_TRUE(config) << config.error().message();
  EXPECT_EQ(dump_json(*config->json().find("data")), R"({"num":"3","e":""})");
  EXPECT_EQ(dump_json(*config->json().find("immutable")), "true");
  const auto service = substituted(
      "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n"
      "spec: {selector: {v: \"${N}\"}, ports: [{port: \"${N}\"}]}\n");
  ASSERT_TRUE(service) << service.error().message();
  EXPECT_EQ(dump_json(*service->json().find("spec")),
            R"({"selector":{"v":"3"},"ports":[{"port":3}]})");
}

TEST(Substitute, RefusalsNameFileObjectAndField) {
  const std::string head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n";
  const auto refused = [](const std::string& yaml) {
    const auto object = substituted(yaml);
    if (object) return std::string("no error");
    EXPECT_EQ(object.error().code(), ErrorCode::kInvalidInput);
    return object.error().message();
  };
  EXPECT_THAT(refused(head + "data: {script: \"echo ${@}\"}\n"),
              StartsWith("web.yaml:1:1: ConfigMap \"c\": data.script: \"${@}\" names no variable"));
  EXPECT_THAT(refused(head + "data: {\"${NAME}\": a, web: b}\n"),
              HasSubstr("data: two members have the name \"web\" now"));
  EXPECT_THAT(refused(head + "data: {a: \"${X:?set X}\"}\n"),
              HasSubstr("data.a: the variable X is not set: set X"));
  EXPECT_THAT(refused(head + "spec: {a: \"${INFINITY}\"}\n"), HasSubstr("spec.a: infinity"));
  EXPECT_THAT(refused("apiVersion: v1\nkind: Service\nmetadata: {name: \"${N}.x\"}\n"),
              HasSubstr("with its variables replaced: web.yaml:1:1: Service \"3.x\": metadata.name "
                        "must be"));
  EXPECT_THAT(refused("apiVersion: v1\nkind: Service\nmetadata: {name: \"${EMPTY}\"}\n"),
              HasSubstr("metadata.name is empty"));
  EXPECT_THAT(refused("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: \"${COLON}\"}\n"),
              HasSubstr("metadata.namespace"));
}

TEST(Substitute, BoundsTheWholeObject) {
  std::string yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n";
  for (int i = 0; i < 10; ++i) yaml += "  k" + std::to_string(i) + ": ${BIG}\n";
  const auto parsed = parse_objects(yaml, "big.yaml");
  ASSERT_TRUE(parsed);
  std::set<std::string> undefined;
  const auto refused =
      substitute(parsed->front(), {{"BIG", std::string(1u << 20, 'x')}}, undefined);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message(), HasSubstr("more text than one object may have"));
}

TEST(Placeholders, AreSeenWhereverTheyStand) {
  const auto holds = [](const std::string& rest) {
    return parse_objects("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n" + rest, "f.yaml")
        ->front()
        .has_placeholders();
  };
  EXPECT_FALSE(holds(""));
  EXPECT_FALSE(holds("spec: {a: \"$b\", c: \"5$\", d: \"$(X)\"}\n"));
  EXPECT_TRUE(holds("spec: {a: [{b: \"x${\"}]}\n"));
  EXPECT_TRUE(holds("spec: {a: \"$$\"}\n"));
  EXPECT_TRUE(holds("spec: {\"${a}\": 1}\n"));
}

TEST(Placeholders, PostponeTheChecksOfNamesWhereAllowed) {
  for (const auto* metadata :
       {"{name: \"${A}\"}", "{name: \"a-${A:-B}\"}", "{name: a, namespace: \"${A}\"}",
        "{name: a, labels: {\"${A}\": \"${B}\"}}", "{name: a, annotations: {\"x/${A}\": b}}"}) {
    SCOPED_TRACE(metadata);
    const auto yaml = std::string("apiVersion: v1\nkind: Pod\nmetadata: ") + metadata + "\n";
    EXPECT_FALSE(parse_objects(yaml, "f.yaml"));
    EXPECT_TRUE(parse_objects(yaml, "f.yaml", {}, Placeholders::kAllowed));
  }
  // What holds none is checked as ever.
  EXPECT_FALSE(parse_objects("apiVersion: v1\nkind: Pod\nmetadata: {name: A$}\n", "f.yaml", {},
                             Placeholders::kAllowed));
}

}  // namespace
}  // namespace sealift::objects
