#include <sealift/base/encoding.h>

#include <algorithm>

#include "schema_format.h"
#include "schema_number.h"
#include "schema_visit.h"

namespace sealift::checks {
namespace {

constexpr std::size_t kMaxShown = 200;

bool is_true(const Json* value) {
  const bool* truth = value == nullptr ? nullptr : value->as_bool();
  return truth != nullptr && *truth;
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u;
  }));
}

// JSON Schema looks for a pattern anywhere in a text, RegularExpression matches all of it.
std::string as_a_search(const std::string& pattern) {
  const std::string anything = "(?:.|\\n)*";
  return anything + "(?:" + pattern + ")" + anything;
}

// The range of a format of integers; nullopt for others.
struct IntegerRange {
  Json least;
  Json most;
};
std::optional<IntegerRange> range_of(std::string_view format) {
  if (format == "int32") return IntegerRange{std::int64_t{INT32_MIN}, std::int64_t{INT32_MAX}};
  if (format == "int64") return IntegerRange{std::int64_t{INT64_MIN}, std::int64_t{INT64_MAX}};
  return std::nullopt;
}

}  // namespace

const RegularExpression* SchemaValidator::pattern(const std::string& text) {
  const auto known = patterns_.find(text);
  if (known != patterns_.end()) return known->second ? &*known->second : nullptr;
  auto compiled = RegularExpression::compile(as_a_search(text));
  auto& kept = patterns_[text];
  if (compiled) kept = *std::move(compiled);
  return kept ? &*kept : nullptr;
}

bool SchemaVisit::check_string(const Json& value, const Json& schema, const FieldPlace& place) {
  const auto& text = *value.as_string();
  bool good = check_count(code_points(text), schema, "minLength", "maxLength", "character", place);
  const auto problem = format_problem(schema.string_at({"format"}), text);
  if (!problem.empty()) good = wrong(place, "must be " + std::string(problem));
  const Json* pattern = schema.find("pattern");
  if (pattern != nullptr && pattern->is_string()) {
    good = check_pattern(text, *pattern->as_string(), place) && good;
  }
  return good;
}

bool SchemaVisit::check_pattern(const std::string& text, const std::string& pattern,
                                const FieldPlace& place) {
  if (!spend(1 + pattern.size() + text.size() * 4, place)) return true;
  const auto* expression = validator_.pattern(pattern);
  if (expression == nullptr || text.size() > kMaxMatchedBytes) {
    return undecided(place, "was not compared with the pattern " + printable(pattern, kMaxShown));
  }
  if (expression->matches(text)) return true;
  return wrong(place, "does not fit the pattern " + printable(pattern, kMaxShown));
}

bool SchemaVisit::check_number(const Json& value, const Json& schema, const FieldPlace& place) {
  bool good = check_bounds(value, schema, place);
  if (const auto range = range_of(schema.string_at({"format"})); range && is_whole(value)) {
    const auto low = compare_numbers(value, range->least);
    const auto high = compare_numbers(value, range->most);
    if ((low && *low < 0) || (high && *high > 0) || !low) {
      good = wrong(place, "does not fit into an " + std::string(schema.string_at({"format"})));
    }
  }
  const Json* step = schema.find("multipleOf");
  if (step == nullptr) return good;
  const auto multiple = is_multiple(value, *step);
  if (!multiple) return undecided(place, "was not compared with multipleOf") && good;
  if (*multiple) return good;
  return wrong(place, "must be a multiple of " + printable(dump_json(*step), kMaxShown));
}

bool SchemaVisit::check_bounds(const Json& value, const Json& schema, const FieldPlace& place) {
  struct Bound {
    std::string_view name;
    std::string_view exclusive;  // true beside it, or in newer schemas a bound of its own
    bool is_lower;
  };
  constexpr Bound kBounds[] = {{"minimum", "exclusiveMinimum", true},
                               {"maximum", "exclusiveMaximum", false}};
  bool good = true;
  const auto hold = [&](const Json* limit, bool is_lower, bool is_strict) {
    const auto order = limit == nullptr ? std::nullopt : compare_numbers(value, *limit);
    if (!order) return;
    const bool is_beyond = is_lower ? *order < 0 : *order > 0;
    if (!is_beyond && !(is_strict && *order == 0)) return;
    const std::string relation = is_strict ? (is_lower ? "more than " : "less than ")
                                           : (is_lower ? "at least " : "at most ");
    good = wrong(place, "must be " + relation + printable(dump_json(*limit), kMaxShown));
  };
  for (const auto& [name, exclusive, is_lower] : kBounds) {
    const Json* strict = schema.find(exclusive);
    hold(schema.find(name), is_lower, is_true(strict));
    if (strict != nullptr && strict->is_number()) hold(strict, is_lower, true);
  }
  return good;
}

bool SchemaVisit::check_count(std::size_t count, const Json& schema, std::string_view least,
                              std::string_view most, std::string_view noun,
                              const FieldPlace& place) {
  const Json number(static_cast<std::uint64_t>(count));
  bool good = true;
  const auto hold = [&](std::string_view name, bool is_lower) {
    const Json* limit = schema.find(name);
    const auto order = limit == nullptr ? std::nullopt : compare_numbers(number, *limit);
    if (!order || (is_lower ? *order >= 0 : *order <= 0)) return;
    const std::string shown = printable(dump_json(*limit), kMaxShown);
    good = wrong(place, "has " + std::to_string(count) + " " + std::string(noun) +
                            (count == 1 ? "" : "s") + " and must have at " +
                            (is_lower ? "least " : "most ") + shown);
  };
  hold(least, true);
  hold(most, false);
  return good;
}

}  // namespace sealift::checks
