#include <gmock/gmock.h>

#include "schema_sample.h"

namespace sealift::checks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Lines = std::vector<std::string>;

struct Case {
  const char* schema;
  const char* value;
  Lines faults;
};

void PrintTo(const Case& sample, std::ostream* out) {
  *out << sample.schema << " for " << sample.value;
}

class Keyword : public testing::TestWithParam<Case> {};

TEST_P(Keyword, DecidesAsAnApiServerDoes) {
  EXPECT_EQ(faults_of(GetParam().value, schema_of(GetParam().schema)), GetParam().faults);
}

INSTANTIATE_TEST_SUITE_P(
    Types, Keyword,
    testing::ValuesIn(std::vector<Case>{
        {"{type: string}", "a", {}},
        {"{type: string}", "1", {" must be a string, and is a number; put it in quotes"}},
        {"{type: string}", "yes", {" must be a string, and is a boolean; put it in quotes"}},
        {"{type: string}", "[a]", {" must be a string, and is an array"}},
        {"{items: {type: string}}", "[null]", {"/0 must not be null"}},
        {"{items: {type: string, nullable: true}}", "[null]", {}},
        {"{type: integer}", "7", {}},
        {"{type: integer}", "7.0", {}},
        {"{type: integer}", "7.5", {" must be an integer, and is a number with a fraction"}},
        {"{type: integer}", "'7'", {" must be an integer, and is a string"}},
        {"{type: number}", "7.5", {}},
        {"{type: boolean}", "true", {}},
        {"{type: boolean}", "'true'", {" must be a boolean, and is a string"}},
        {"{type: object}", "{a: 1}", {}},
        {"{type: object}", "[]", {" must be an object, and is an array"}},
        {"{type: array}", "{}", {" must be an array, and is an object"}},
        {"{}", "[1, a, {}]", {}},
        {"{x-kubernetes-int-or-string: true}", "80", {}},
        {"{x-kubernetes-int-or-string: true}", "http", {}},
        {"{x-kubernetes-int-or-string: true}",
         "1.5",
         {" must be an integer or a string, and is a number"}},
        {"{format: int-or-string, oneOf: [{type: integer}, {type: string}]}", "50%", {}},
        // What it becomes is not known yet.
        {"{type: integer}", "'${REPLICAS}'", {}},
        {"{type: string, enum: [a, b]}", "'${CHOICE}'", {}},
    }));

INSTANTIATE_TEST_SUITE_P(
    Scalars, Keyword,
    testing::ValuesIn(std::vector<Case>{
        {"{enum: [a, b]}", "b", {}},
        {"{enum: [a, b]}", "c", {" is none of the values that there are; use \"a\", \"b\""}},
        {"{enum: [1, null]}", "2", {" is none of the values that there are; use 1, null"}},
        {"{enum: [{a: 1, b: 2}]}", "{b: 2, a: 1}", {}},
        {"{type: string, minLength: 2, maxLength: 3}", "äö", {}},
        {"{type: string, minLength: 2}", "a", {" has 1 character and must have at least 2"}},
        {"{type: string, maxLength: 3}", "abcd", {" has 4 characters and must have at most 3"}},
        {"{type: string, pattern: '^[a-z]+$'}", "abc", {}},
        {"{type: string, pattern: '^[a-z]+$'}", "a1", {" does not fit the pattern ^[a-z]+$"}},
        {"{type: string, pattern: 'b'}", "abc", {}},
        {"{type: string, pattern: '^b'}", "abc", {" does not fit the pattern ^b"}},
        {"{type: string, pattern: '^a|c$'}", "abc", {}},
        {"{type: string, pattern: 'b'}", "\"a\\nb\\nc\"", {}},
        {"{type: string, pattern: '(?i)x'}", "x", {"? was not compared with the pattern (?i)x"}},
        {"{type: string, format: date-time}", "'2026-11-22T14:43:54Z'", {}},
        {"{type: string, format: date-time}",
         "yesterday",
         {" must be a date and time, as in 2026-11-22T14:43:54Z"}},
        {"{type: string, format: date}", "'2026-02-28'", {}},
        {"{type: string, format: date}", "'2026-02-30'", {" must be a date, as in 2026-11-22"}},
        {"{type: string, format: byte}", "\"QUJD\\n\"", {}},
        {"{type: string, format: byte}", "QUJ", {" must be base64"}},
        {"{type: string, format: ipv4}", "10.0.0.1", {}},
        {"{type: string, format: ipv4}", "'::1'", {" must be an IPv4 address"}},
        {"{type: string, format: ipv6}", "'2001:db8::1'", {}},
        {"{type: string, format: cidr}", "10.0.0.0/8", {}},
        {"{type: string, format: cidr}",
         "10.0.0.0/33",
         {" must be an address and the length of its prefix, as in 10.0.0.0/8"}},
        {"{type: string, format: uuid}", "7d444840-9dc0-11d1-b245-5ffdce74fad2", {}},
        {"{type: string, format: uuid}", "7d444840", {" must be a UUID"}},
        {"{type: string, format: something}", "else", {}},
        {"{type: integer, minimum: 1, maximum: 9}", "9", {}},
        {"{type: integer, minimum: 1}", "0", {" must be at least 1"}},
        {"{type: integer, maximum: 9}", "10", {" must be at most 9"}},
        {"{type: number, minimum: 0, exclusiveMinimum: true}", "0", {" must be more than 0"}},
        {"{type: number, exclusiveMaximum: 1}", "1", {" must be less than 1"}},
        {"{type: number, exclusiveMaximum: 1}", "0.99", {}},
        {"{type: integer, multipleOf: 5}", "15", {}},
        {"{type: integer, multipleOf: 5}", "16", {" must be a multiple of 5"}},
        {"{type: number, multipleOf: 0.1}", "0.3", {}},
        {"{type: number, multipleOf: 0}", "3", {"? was not compared with multipleOf"}},
        {"{type: integer, format: int32}", "2147483647", {}},
        {"{type: integer, format: int32}", "2147483648", {" does not fit into an int32"}},
        {"{type: integer, format: int64}", "9223372036854775807", {}},
        {"{type: integer, format: int64}", "-9223372036854775808", {}},
    }));

INSTANTIATE_TEST_SUITE_P(
    Collections, Keyword,
    testing::ValuesIn(std::vector<Case>{
        {"{type: array, minItems: 1, maxItems: 2}", "[1, 2]", {}},
        {"{type: array, minItems: 1}", "[]", {" has 0 items and must have at least 1"}},
        {"{type: array, maxItems: 1}", "[1, 2]", {" has 2 items and must have at most 1"}},
        {"{type: array, uniqueItems: true}",
         "[{a: 1, b: 2}, {b: 2, a: 1}]",
         {"/1 is in the list already"}},
        {"{type: array, x-kubernetes-list-type: set}", "[a, b, a]", {"/2 is in the list already"}},
        {"{type: array, x-kubernetes-list-type: atomic}", "[a, a]", {}},
        {"{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name, port]}",
         "[{name: a, port: 1}, {name: a, port: 2}, {port: 1, name: a}]",
         {"/2 has the name and port of another item of the list"}},
        {"{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name]}",
         "[{name: '${A}'}, {name: '${A}'}]",
         {}},
        {"{type: array, items: {type: string}}",
         "[a, 1]",
         {"/1 must be a string, and is a number; put it in quotes"}},
        {"{type: object, required: [a, b]}", "{a: 1}", {" the field \"b\" is missing"}},
        {"{type: object, required: [a], properties: {a: {type: string}}}",
         "{a: null}",
         {" the field \"a\" is missing"}},
        {"{type: object, required: [a], properties: {a: {type: string, default: x}}}", "{}", {}},
        {"{type: object, required: [a], properties: {a: {type: string, nullable: true}}}",
         "{a: null}",
         {}},
        {"{type: object, properties: {a: {type: string}}}", "{a: null}", {}},
        {"{type: object, minProperties: 1}", "{}", {" has 0 fields and must have at least 1"}},
        {"{type: object, maxProperties: 1}",
         "{a: 1, b: 2}",
         {" has 2 fields and must have at most 1"}},
        {"{type: object, additionalProperties: {type: integer}}",
         "{a: 1, b/c: x}",
         {"/b~1c must be an integer, and is a string"}},
        {"{type: object, properties: {replicas: {}, selector: {}}}",
         "{replcas: 1}",
         {"+/replcas there is no field \"replcas\" here; is it \"replicas\"?"}},
        {"{type: object, properties: {replicas: {}}}",
         "{somethingElse: 1}",
         {"+/somethingElse there is no field \"somethingElse\" here"}},
        {"{type: object, properties: {a: {}}, additionalProperties: true}", "{b: 1}", {}},
        {"{type: object, additionalProperties: false}",
         "{b: 1}",
         {"+/b there is no field \"b\" here"}},
        {"{type: object, properties: {a: {}}, x-kubernetes-preserve-unknown-fields: true}",
         "{b: 1}",
         {}},
    }));

INSTANTIATE_TEST_SUITE_P(
    Junctors, Keyword,
    testing::ValuesIn(std::vector<Case>{
        {"{allOf: [{minimum: 1}, {maximum: 5}]}", "7", {" must be at most 5"}},
        {"{anyOf: [{type: string}, {type: integer}]}", "7", {}},
        {"{anyOf: [{type: string}, {type: integer}]}",
         "[]",
         {" fits none of the 2 forms that it may have"}},
        {"{oneOf: [{minimum: 1}, {minimum: 5}]}", "3", {}},
        {"{oneOf: [{minimum: 1}, {minimum: 5}]}",
         "7",
         {" fits 2 of 2 forms, and may have only one of them"}},
        {"{type: object, properties: {a: {}, b: {}}, oneOf: [{required: [a]}, {required: [b]}]}",
         "{a: 1, b: 1}",
         {" fits 2 of 2 forms, and may have only one of them"}},
        {"{type: object, properties: {a: {}, b: {}}, oneOf: [{required: [a]}, {required: [b]}]}",
         "{b: 1}",
         {}},
        {"{not: {required: [a]}}", "{a: 1}", {" has a form that the schema forbids"}},
        {"{not: {required: [a]}}", "{b: 1}", {}},
        // Branches mention fields; which there are is said around them.
        {"{type: object, properties: {a: {}, b: {}}, allOf: [{properties: {a: {type: string}}}]}",
         "{a: x, b: 1}",
         {}},
        {"{anyOf: [{pattern: '(?i)x'}, {pattern: '^y$'}]}",
         "z",
         {"? which of its forms it has could not be told"}},
        {"{not: {pattern: '(?i)x'}}",
         "z",
         {"? whether it has a form that is forbidden could not be told"}},
    }));

TEST(SchemaValidator, FollowsReferences) {
  const std::string components = "{Meta: {type: object, properties: {name: {type: string}}}}";
  const auto direct = schema_of("{$ref: '#/components/schemas/Meta'}", false, components);
  EXPECT_THAT(faults_of("{nme: a}", direct),
              ElementsAre("+/nme there is no field \"nme\" here; is it \"name\"?"));
  // How OpenAPI gives a reference a default.
  const auto wrapped =
      schema_of("{allOf: [{$ref: '#/components/schemas/Meta'}], default: {}}", false, components);
  EXPECT_THAT(faults_of("{nme: a}", wrapped), SizeIs(1));
  EXPECT_THAT(faults_of("{name: 1}", wrapped), SizeIs(1));
  EXPECT_THAT(faults_of("{}", schema_of("{$ref: '#/components/schemas/Else'}")),
              ElementsAre("? the schema refers to something that is not there"));
  EXPECT_THAT(faults_of("{}", schema_of("{$ref: 'https://example.com/x'}")),
              ElementsAre("? the schema refers to something that is not there"));
}

TEST(SchemaValidator, KnowsWhatAStructuralSchemaDrops) {
  const std::string crd =
      "{type: object, properties: {spec: {type: object, properties: {size: {type: integer}, "
      "free: {type: object, x-kubernetes-preserve-unknown-fields: true}, "
      "template: {type: object, x-kubernetes-embedded-resource: true, "
      "properties: {spec: {type: object}}}, empty: {type: object}, "
      "labels: {type: object, additionalProperties: {type: string}}}}}}";
  const auto schema = schema_of(crd, true);
  EXPECT_THAT(faults_of("{apiVersion: a/v1, kind: B, metadata: {name: c, labels: {a: b}}, "
                        "spec: {size: 1, free: {a: 1}, labels: {a: b}, "
                        "template: {apiVersion: v1, kind: Pod, metadata: {name: x}}}}",
                        schema),
              IsEmpty());
  EXPECT_THAT(
      faults_of("{spec: {siz: 1, empty: {a: 1}, template: {spek: {}}}, status: {}}", schema),
      ElementsAre("+/spec/siz there is no field \"siz\" here; is it \"size\"?",
                  "+/spec/empty/a there is no field \"a\" here",
                  "+/spec/template/spek there is no field \"spek\" here; is it \"spec\"?",
                  "+/status there is no field \"status\" here"));
}

TEST(SchemaValidator, EndsWhereASchemaDoesNot) {
  const std::string loop =
      "{A: {$ref: '#/components/schemas/B'}, B: {$ref: "
      "'#/components/schemas/A'}, C: {allOf: [{$ref: "
      "'#/components/schemas/C'}]}, D: {anyOf: [{$ref: "
      "'#/components/schemas/D'}, {$ref: '#/components/schemas/D'}]}}";
  EXPECT_THAT(faults_of("1", schema_of("{$ref: '#/components/schemas/A'}", false, loop)),
              ElementsAre("? the schema refers to itself"));
  EXPECT_THAT(faults_of("1", schema_of("{$ref: '#/components/schemas/C'}", false, loop)),
              ElementsAre("? the schema is nested too deeply"));
  // Two ways at each of two hundred turns.
  EXPECT_THAT(faults_of("1", schema_of("{$ref: '#/components/schemas/D'}", false, loop)),
              testing::Each(HasSubstr("?")));
  const std::string both =
      "{E: {allOf: [{$ref: '#/components/schemas/E'}, {$ref: "
      "'#/components/schemas/E'}]}}";
  EXPECT_THAT(faults_of("1", schema_of("{$ref: '#/components/schemas/E'}", false, both)),
              testing::Contains("? takes too long to be held against its schema to the end"));
}

TEST(SchemaValidator, SaysSoMuchOfEachKind) {
  std::string value = "[";
  for (int i = 0; i < 300; ++i) value += "{a: 1, b: 2},";
  const auto faults =
      faults_of(value + "]", schema_of("{items: {type: object, properties: {a: {type: string}}}}"));
  EXPECT_THAT(faults, SizeIs(2 * kMaxSchemaFaults));
}

TEST(SchemaValidator, NeverShowsAValue) {
  for (const char* schema : {"{enum: [a]}", "{pattern: '^a$'}", "{maxLength: 2}", "{format: date}",
                             "{type: integer}", "{oneOf: [{type: integer}]}", "{not: {}}"}) {
    for (const auto& line : faults_of("hunter2", schema_of(schema))) {
      EXPECT_THAT(line, testing::Not(HasSubstr("hunter2"))) << schema;
    }
  }
}

}  // namespace
}  // namespace sealift::checks
