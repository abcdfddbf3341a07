#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/oci/semver.h>
#include <sealift/signing/condition.h>

#include <algorithm>
#include <utility>

namespace sealift::signing {
namespace {

std::string show(const Json& value) { return printable(dump_json(value), 200); }

bool is_scalar(const Json& value) {
  return value.is_string() || value.is_bool() || value.as_int64().has_value();
}

// By value, as far as a number is a whole one; "1" and "1.0" are two ways to write different types.
bool is_same(const Json& a, const Json& b) {
  if (a.is_number() && b.is_number()) {
    return a.as_int64().has_value() && a.as_int64() == b.as_int64();
  }
  return a == b;
}

Result<Json> parse_choice(const Json& value, const ObjectReader& reader, std::string_view member) {
  if (!is_scalar(value)) {
    return fail(reader.error_at(member, "must be a text, a whole number or a truth value"));
  }
  if (value.is_string() && value.as_string()->size() > kMaxConditionBytes) {
    return fail(
        reader.error_at(member, "is longer than " + std::to_string(kMaxConditionBytes) + " bytes"));
  }
  return value;
}

Result<Condition::OneOf> parse_choices(const Json& list, const ObjectReader& reader) {
  const auto* values = list.as_array();
  if (values == nullptr || values->empty() || values->size() > kMaxConditionChoices) {
    return fail(reader.error_at(
        "oneOf", "must be a list of 1 to " + std::to_string(kMaxConditionChoices) + " values"));
  }
  Condition::OneOf choices;
  for (const auto& value : *values) {
    SEALIFT_ASSIGN(auto choice, parse_choice(value, reader, "oneOf"));
    choices.choices.push_back(std::move(choice));
  }
  return choices;
}

Result<std::vector<Condition>> parse_list(const Json* list, const std::string& path,
                                          std::size_t depth);

Result<std::vector<Condition>> parse_every(const Json& list, const ObjectReader& reader,
                                           std::size_t depth) {
  if (depth == kMaxConditionDepth) {
    return fail(reader.error_at(
        "every", "is nested deeper than " + std::to_string(kMaxConditionDepth) + " levels"));
  }
  SEALIFT_ASSIGN(auto conditions, parse_list(&list, reader.path_of("every"), depth + 1));
  if (conditions.empty()) return fail(reader.error_at("every", "must hold a condition"));
  return conditions;
}

// What the value of one member demands.
using Test = decltype(Condition::test);
Result<Test> parse_test(std::string_view member, const Json& value, const ObjectReader& reader,
                        std::size_t depth) {
  if (member == "equals") {
    SEALIFT_ASSIGN(auto choice, parse_choice(value, reader, member));
    return Condition::OneOf{{std::move(choice)}};
  }
  if (member == "oneOf") return parse_choices(value, reader);
  if (member == "every") {
    SEALIFT_ASSIGN(auto conditions, parse_every(value, reader, depth));
    return Condition::Every{std::move(conditions)};
  }
  if (member == "exists") {
    if (!value.is_bool()) return fail(reader.error_at(member, "must be true or false"));
    return Condition::Exists{*value.as_bool()};
  }
  const auto* text = value.as_string();
  if (text == nullptr) return fail(reader.error_at(member, "must be a string"));
  if (member == "matches") {
    SEALIFT_ASSIGN_CONTEXT(auto expression, RegularExpression::compile(*text),
                           reader.path_of(member));
    return Condition::Matches{std::move(expression)};
  }
  if (text->size() > kMaxConditionBytes) {
    return fail(
        reader.error_at(member, "is longer than " + std::to_string(kMaxConditionBytes) + " bytes"));
  }
  SEALIFT_ASSIGN_CONTEXT(auto range, oci::VersionRange::parse(*text), reader.path_of(member));
  return Condition::Version{*text, std::move(range)};
}

Result<Condition> parse_condition(const Json& document, const std::string& path,
                                  std::size_t depth) {
  constexpr std::string_view kTests[] = {"equals",  "oneOf",  "matches",
                                         "version", "exists", "every"};
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(document, path));
  SEALIFT_ASSIGN(const auto pointer, reader.required_string("path"));
  SEALIFT_ASSIGN_CONTEXT(auto parsed, JsonPointer::parse(pointer), reader.path_of("path"));
  std::optional<Test> test;
  for (const auto member : kTests) {
    const Json* value = reader.any(member);
    if (value == nullptr) continue;
    if (test) return fail(reader.error_at(member, "is a second test; give each a condition"));
    SEALIFT_ASSIGN(test, parse_test(member, *value, reader, depth));
  }
  SEALIFT_TRY(reader.finish());
  if (!test) {
    return fail(ErrorCode::kInvalidInput,
                path + ": must have one of equals, oneOf, matches, version, exists and every");
  }
  return Condition{std::move(parsed), *std::move(test)};
}

Result<std::vector<Condition>> parse_list(const Json* list, const std::string& path,
                                          std::size_t depth) {
  std::vector<Condition> conditions;
  if (list == nullptr) return conditions;
  const auto* elements = list->as_array();
  if (elements == nullptr || elements->size() > kMaxConditions) {
    return fail(ErrorCode::kInvalidInput, path + ": must be a list of at most " +
                                              std::to_string(kMaxConditions) + " conditions");
  }
  for (std::size_t i = 0; i < elements->size(); ++i) {
    SEALIFT_ASSIGN(auto condition,
                   parse_condition((*elements)[i], path + "[" + std::to_string(i) + "]", depth));
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

// What is wrong with a value that is there; empty: nothing.
struct Judge {
  const Json& value;

  std::string operator()(const Condition::Exists& test) const {
    return test.wanted ? "" : "is there, and must not be";
  }
  std::string operator()(const Condition::OneOf& test) const {
    const auto fits = [&](const Json& choice) { return is_same(value, choice); };
    if (std::any_of(test.choices.begin(), test.choices.end(), fits)) return "";
    std::string choices;
    for (const auto& choice : test.choices) {
      choices += (choices.empty() ? "" : " or ") + show(choice);
    }
    return "is " + show(value) + ", not " + printable(choices, 400);
  }
  std::string operator()(const Condition::Matches& test) const {
    const auto* text = value.as_string();
    if (text != nullptr && test.expression.matches(*text)) return "";
    return "is " + show(value) + ", not text that matches \"" +
           printable(test.expression.pattern(), 400) + "\"";
  }
  std::string operator()(const Condition::Version& test) const {
    const auto* text = value.as_string();
    if (text != nullptr) {
      const auto version = oci::SemanticVersion::parse(*text);
      if (version && test.range.contains(*version)) return "";
    }
    return "is " + show(value) + ", not a version in the range \"" + printable(test.text, 400) +
           "\"";
  }
  std::string operator()(const Condition::Every& test) const {
    const auto* elements = value.as_array();
    if (elements == nullptr) return "is no list";
    for (std::size_t i = 0; i < elements->size(); ++i) {
      const auto unmet = unmet_condition(test.conditions, (*elements)[i]);
      if (!unmet.empty()) return "has the element " + std::to_string(i) + ", whose " + unmet;
    }
    return "";
  }
};

}  // namespace

Result<std::vector<Condition>> parse_conditions(const Json* list, const std::string& path) {
  return parse_list(list, path, 0);
}

std::string unmet_condition(const std::vector<Condition>& conditions, const Json& document) {
  for (const auto& [path, test] : conditions) {
    const Json* value = path.find(document);
    const std::string field = "field \"" + printable(path.text()) + "\" ";
    if (value == nullptr || value->is_null()) {
      const auto* exists = std::get_if<Condition::Exists>(&test);
      if (exists != nullptr && !exists->wanted) continue;
      return field + "is not there";
    }
    const auto fault = std::visit(Judge{*value}, test);
    if (!fault.empty()) return field + fault;
  }
  return "";
}

}  // namespace sealift::signing
