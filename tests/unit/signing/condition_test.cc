#include "support/result_matchers.h"

#include <sealift/signing/condition.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sealift::signing {
namespace {

using sealift::test::fails_with;
using testing::HasSubstr;

constexpr const char* kDocument = R"({
  "builder": {"id": "https://github.com/acme/builder@v2.1.0", "version": "2.1.0"},
  "branch": "refs/heads/main", "count": 3, "big": 1.5, "signed": true, "none": null,
  "materials": [{"uri": "git+https://github.com/acme/a"}, {"uri": "git+https://github.com/acme/b"}],
  "components": [{"licenses": ["MIT", "Apache-2.0"]}, {"licenses": ["MIT"]}],
  "empty": [], "a/b": "slash"})";

Result<std::vector<Condition>> parse(const std::string& list) {
  const auto json = parse_json(list, "conditions").value();
  return parse_conditions(&json, "conditions");
}

TEST(Condition, JudgesFields) {
  const auto document = parse_json(kDocument, "document").value();
  const struct {
    const char* condition;
    const char* fault;  // empty: fulfilled
  } kCases[] = {
      {R"({"path":"/branch","equals":"refs/heads/main"})", ""},
      {R"({"path":"/branch","equals":"refs/heads/mai"})",
       "field \"/branch\" is \"refs/heads/main\", not \"refs/heads/mai\""},
      {R"({"path":"/count","equals":3})", ""},
      {R"({"path":"/count","equals":"3"})", "is 3, not \"3\""},
      {R"({"path":"/big","equals":1})", "is 1.5"},
      {R"({"path":"/signed","equals":true})", ""},
      {R"({"path":"/signed","equals":"true"})", "is true, not \"true\""},
      {R"({"path":"/signed","equals":1})", "is true, not 1"},
      {R"({"path":"/none","equals":"null"})", "is not there"},
      {R"({"path":"/builder","equals":"x"})", "is {"},
      {R"({"path":"/a~1b","equals":"slash"})", ""},
      {R"({"path":"/branch","oneOf":["x","refs/heads/main"]})", ""},
      {R"({"path":"/branch","oneOf":["x","y"]})", "not \"x\" or \"y\""},
      {R"({"path":"/gone","oneOf":["x"]})", "field \"/gone\" is not there"},
      {R"j({"path":"/branch","matches":"refs/heads/(main|release-[0-9]+)"})j", ""},
      {R"({"path":"/branch","matches":"heads"})", "not text that matches \"heads\""},
      {R"({"path":"/count","matches":"3"})", "is 3, not text"},
      {R"({"path":"/gone","matches":".*"})", "is not there"},
      {R"({"path":"/builder/version","version":">=2.0 <3"})", ""},
      {R"({"path":"/builder/version","version":"<2"})", "not a version in the range \"<2\""},
      {R"({"path":"/branch","version":"*"})", "not a version"},
      {R"({"path":"/count","version":"*"})", "not a version"},
      {R"({"path":"/builder/id","exists":true})", ""},
      {R"({"path":"/gone","exists":true})", "is not there"},
      {R"({"path":"/none","exists":true})", "is not there"},
      {R"({"path":"/gone","exists":false})", ""},
      {R"({"path":"/none","exists":false})", ""},
      {R"({"path":"/branch","exists":false})", "is there, and must not be"},
      {R"({"path":"/materials","every":[{"path":"/uri","matches":"git[+]https://github[.]com/acme/.*"}]})",
       ""},
      {R"({"path":"/materials","every":[{"path":"/uri","matches":".*/a"}]})",
       "has the element 1, whose field \"/uri\" is"},
      {R"({"path":"/materials","every":[{"path":"/digest","exists":true}]})",
       "has the element 0, whose field \"/digest\" is not there"},
      {R"({"path":"/empty","every":[{"path":"","equals":"x"}]})", ""},
      {R"({"path":"/empty/0","exists":true})", "is not there"},
      {R"({"path":"/gone","every":[{"path":"","equals":"x"}]})", "is not there"},
      {R"({"path":"/branch","every":[{"path":"","equals":"x"}]})", "is no list"},
      {R"({"path":"/components","every":[{"path":"/licenses","every":[{"path":"","oneOf":["MIT","Apache-2.0"]}]}]})",
       ""},
      {R"({"path":"/components","every":[{"path":"/licenses","every":[{"path":"","equals":"MIT"}]}]})",
       "has the element 0, whose field \"/licenses\" has the element 1, whose field \"\" is "
       "\"Apache-2.0\""},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.condition);
    ASSERT_OK_ASSIGN(const auto conditions, parse("[" + std::string(test.condition) + "]"));
    const auto fault = unmet_condition(conditions, document);
    if (std::string(test.fault).empty()) {
      EXPECT_EQ(fault, "");
    } else {
      EXPECT_THAT(fault, HasSubstr(test.fault));
    }
  }
}

TEST(Condition, AllMustBeFulfilled) {
  const auto document = parse_json(kDocument, "document").value();
  ASSERT_OK_ASSIGN(const auto conditions,
                   parse(R"([{"path":"/count","equals":3},{"path":"/signed","equals":false}])"));
  EXPECT_THAT(unmet_condition(conditions, document), HasSubstr("\"/signed\""));
  EXPECT_EQ(unmet_condition({}, document), "");
}

TEST(Condition, IsRefusedWhereItMeansNothing) {
  const auto nested = [](int depth) {
    std::string inner = R"({"path":"","equals":"x"})";
    for (int i = 0; i < depth; ++i) inner = R"({"path":"","every":[)" + inner + "]}";
    return "[" + inner + "]";
  };
  const auto repeated = [](const std::string& element, std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "" : ",") + element;
    return "[" + list + "]";
  };
  EXPECT_OK(parse(nested(2)));
  const std::pair<std::string, const char*> kCases[] = {
      {"{}", "conditions: must be a list"},
      {"[1]", "conditions[0]: must be an object"},
      {R"([{"equals":"x"}])", "conditions[0].path: is required"},
      {R"([{"path":"x","equals":"x"}])", "conditions[0].path"},
      {R"([{"path":"/x"}])", "conditions[0]: must have one of"},
      {R"([{"path":"/x","equals":null}])", "conditions[0]: must have one of"},
      {R"([{"path":"/x","equals":"x","matches":"x"}])", "conditions[0].matches: is a second test"},
      {R"([{"path":"/x","equal":"x"}])", "is not a known field"},
      {R"([{"path":"/x","equals":{}}])", "conditions[0].equals: must be a text"},
      {R"([{"path":"/x","equals":1.5}])", "conditions[0].equals: must be a text"},
      {R"([{"path":"/x","oneOf":[]}])", "conditions[0].oneOf: must be a list of 1 to 64"},
      {R"([{"path":"/x","oneOf":"x"}])", "conditions[0].oneOf"},
      {R"([{"path":"/x","oneOf":[[]]}])", "conditions[0].oneOf"},
      {R"([{"path":"/x","matches":"("}])", "conditions[0].matches"},
      {R"([{"path":"/x","matches":1}])", "must be a string"},
      {R"([{"path":"/x","version":"new"}])", "conditions[0].version"},
      {R"([{"path":"/x","exists":"true"}])", "must be true or false"},
      {R"([{"path":"/x","every":[]}])", "conditions[0].every: must hold a condition"},
      {R"([{"path":"/x","every":{}}])", "conditions[0].every: must be a list"},
      {nested(3), "nested deeper than 2"},
      {repeated(R"({"path":"","exists":true})", kMaxConditions + 1), "at most 32 conditions"},
      {R"([{"path":"/x","oneOf":)" + repeated("1", kMaxConditionChoices + 1) + "}]", "1 to 64"},
      {R"([{"path":"/x","equals":")" + std::string(kMaxConditionBytes + 1, 'x') + "\"}]",
       "longer than 1024"},
      {R"([{"path":"/x","version":")" + std::string(kMaxConditionBytes + 1, ' ') + "\"}]",
       "longer than 1024"},
  };
  for (const auto& [list, message] : kCases) {
    EXPECT_THAT(parse(list), fails_with(ErrorCode::kInvalidInput, message)) << list;
  }
}

}  // namespace
}  // namespace sealift::signing
