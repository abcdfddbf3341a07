#include <sealift/delivery/ignored_fields.h>
#include <sealift/objects/field_path.h>
#include <sealift/objects/names.h>

#include "delivery_fields.h"

#include <algorithm>

namespace sealift::delivery {
namespace {

constexpr std::size_t kMaxHealthChecks = 16;
constexpr std::size_t kMaxFieldTests = 8;
constexpr std::size_t kMaxTestValues = 32;
constexpr std::size_t kMaxTestValueBytes = 1'024;
constexpr std::size_t kMaxDriftRules = 64;
constexpr std::size_t kMaxDriftPaths = 16;
constexpr std::size_t kMaxPattern = 253;

Result<Json> test_value(const ObjectReader& reader, std::string_view member, const Json& value) {
  if (value.is_string() && value.as_string()->size() > kMaxTestValueBytes) {
    return fail(reader.error_at(member, "must have at most 1024 characters"));
  }
  if (value.is_string() || value.as_int64()) return value;
  return fail(
      reader.error_at(member, "must be a string or a whole number; a boolean is written \"true\""));
}

// Member `in`; empty where it is absent.
Result<std::vector<Json>> read_choices(ObjectReader& reader) {
  std::vector<Json> values;
  const Json* member = reader.any("in");
  if (member == nullptr) return values;
  const auto* list = member->as_array();
  if (list == nullptr || list->empty() || list->size() > kMaxTestValues) {
    return fail(reader.error_at("in", "must be a list of 1 to 32 values"));
  }
  for (const auto& entry : *list) {
    SEALIFT_ASSIGN(auto value, test_value(reader, "in", entry));
    values.push_back(std::move(value));
  }
  return values;
}

Result<FieldTest> read_field_test(ObjectReader& reader) {
  FieldTest test;
  SEALIFT_ASSIGN(test.path, reader.required_string("path"));
  auto path = objects::FieldPath::parse(test.path);
  if (!path) return fail(reader.error_at("path", path.error().message()));
  const Json* equals = reader.any("equals");
  const Json* in = reader.any("in");
  const Json* exists = reader.any("exists");
  if ((equals != nullptr) + (in != nullptr) + (exists != nullptr) != 1) {
    return fail(reader.error_at("path", "needs exactly one of equals, in and exists beside it"));
  }
  if (equals != nullptr) {
    test.test = FieldTest::Operator::kEquals;
    SEALIFT_ASSIGN(auto value, test_value(reader, "equals", *equals));
    test.values.push_back(std::move(value));
  } else if (in != nullptr) {
    test.test = FieldTest::Operator::kIn;
    SEALIFT_ASSIGN(test.values, read_choices(reader));
  } else {
    SEALIFT_ASSIGN(const auto wanted, reader.bool_or("exists", true));
    if (!wanted) {
      return fail(reader.error_at("exists", "must be true; what holds nowhere is in progress"));
    }
  }
  SEALIFT_TRY(reader.finish());
  return test;
}

Result<> read_field_tests(ObjectReader& check, std::string_view member,
                          std::vector<FieldTest>& tests) {
  SEALIFT_ASSIGN(auto readers, check.objects(member));
  SEALIFT_TRY(check_count(check, member, readers.size(), kMaxFieldTests));
  for (auto& reader : readers) {
    SEALIFT_ASSIGN(auto test, read_field_test(reader));
    tests.push_back(std::move(test));
  }
  return {};
}

bool is_kind(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= 63 && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

Result<CustomHealth> read_health_check(ObjectReader& reader) {
  CustomHealth check;
  SEALIFT_ASSIGN(check.group, reader.string_or("group", ""));
  const auto problem = check.group.empty() ? "" : objects::rfc1123_subdomain_problem(check.group);
  if (!problem.empty()) return fail(reader.error_at("group", problem));
  SEALIFT_ASSIGN(check.kind, reader.required_string("kind"));
  if (!is_kind(check.kind)) {
    return fail(reader.error_at("kind", "must be up to 63 letters and digits, as in Database"));
  }
  SEALIFT_TRY(read_field_tests(reader, "current", check.current));
  if (check.current.empty()) {
    return fail(reader.error_at("current", "must hold at least one test"));
  }
  SEALIFT_TRY(read_field_tests(reader, "failed", check.failed));
  SEALIFT_TRY(read_field_tests(reader, "inProgress", check.in_progress));
  SEALIFT_TRY(reader.finish());
  return check;
}

Result<DriftMode> read_mode(ObjectReader& reader, std::string_view member) {
  SEALIFT_ASSIGN(auto text, reader.string_or(member, "correct"));
  if (text == "correct") return DriftMode::kCorrect;
  if (text == "detect") return DriftMode::kDetect;
  if (text == "ignore") return DriftMode::kIgnore;
  return fail(reader.error_at(member, "must be correct, detect or ignore"));
}

// Letters, digits, `more`, and "*" for any text; empty where the member is absent.
Result<std::string> read_pattern(ObjectReader& rule, std::string_view member,
                                 std::string_view more) {
  SEALIFT_ASSIGN(const auto text, rule.optional_string(member));
  if (!text) return std::string();
  const auto fits = [&](char c) {
    return c == '*' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           more.find(c) != std::string_view::npos;
  };
  if (text->empty() || text->size() > kMaxPattern ||
      !std::all_of(text->begin(), text->end(), fits)) {
    return fail(rule.error_at(member,
                              "must be a name in which \"*\" stands for any text, as in "
                              "\"web-*\"; leave it out for any"));
  }
  return *text;
}

Result<DriftRule> read_drift_rule(ObjectReader& reader) {
  DriftRule rule;
  SEALIFT_ASSIGN(rule.kind, read_pattern(reader, "kind", "-"));
  SEALIFT_ASSIGN(rule.group, read_pattern(reader, "group", "-."));
  SEALIFT_ASSIGN(rule.name_space, read_pattern(reader, "namespace", "-"));
  SEALIFT_ASSIGN(rule.name, read_pattern(reader, "name", "-._:"));
  const bool has_mode = reader.any("mode") != nullptr;
  const bool has_paths = reader.any("paths") != nullptr;
  if (has_mode == has_paths) {
    return fail(reader.error_at("mode",
                                "needs one of mode and paths: a mode for whole objects, or "
                                "paths of the fields that are left to others"));
  }
  SEALIFT_ASSIGN(rule.mode, read_mode(reader, "mode"));
  SEALIFT_ASSIGN(rule.paths, reader.strings("paths"));
  if (has_paths && rule.paths.empty()) {
    return fail(reader.error_at("paths", "must hold at least one path"));
  }
  SEALIFT_TRY(check_count(reader, "paths", rule.paths.size(), kMaxDriftPaths));
  for (const auto& path : rule.paths) {
    const auto problem = problem_of_ignored(path);
    if (!problem.empty()) return fail(reader.error_at("paths", problem));
  }
  SEALIFT_TRY(reader.finish());
  return rule;
}

}  // namespace

Result<> read_health_checks(ObjectReader& spec, Delivery& delivery) {
  SEALIFT_ASSIGN(auto readers, spec.objects("healthChecks"));
  SEALIFT_TRY(check_count(spec, "healthChecks", readers.size(), kMaxHealthChecks));
  for (auto& reader : readers) {
    SEALIFT_ASSIGN(auto check, read_health_check(reader));
    const auto& known = delivery.health_checks;
    if (std::any_of(known.begin(), known.end(), [&](const CustomHealth& other) {
          return other.kind == check.kind && other.group == check.group;
        })) {
      return fail(reader.error_at("kind", "has a check already; put all tests into one"));
    }
    delivery.health_checks.push_back(std::move(check));
  }
  return {};
}

Result<> read_drift(ObjectReader& spec, Delivery& delivery) {
  SEALIFT_ASSIGN(delivery.drift, read_mode(spec, "drift"));
  SEALIFT_ASSIGN(auto rules, spec.objects("driftRules"));
  SEALIFT_TRY(check_count(spec, "driftRules", rules.size(), kMaxDriftRules));
  for (auto& reader : rules) {
    SEALIFT_ASSIGN(auto rule, read_drift_rule(reader));
    delivery.drift_rules.push_back(std::move(rule));
  }
  return {};
}

}  // namespace sealift::delivery
