#pragma once

#include <sealift/base/json.h>
#include <sealift/base/json_pointer.h>
#include <sealift/base/regular_expression.h>
#include <sealift/base/result.h>
#include <sealift/oci/version_range.h>

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace sealift::signing {

inline constexpr std::size_t kMaxConditions = 32;        // in one list
inline constexpr std::size_t kMaxConditionDepth = 2;     // of "every" within "every"
inline constexpr std::size_t kMaxConditionChoices = 64;  // of "oneOf"
inline constexpr std::size_t kMaxConditionBytes = 1024;  // of one text to compare with

// What one field of a predicate must be. Types are compared strictly: the text "1" is not the
// number 1. A field that is not there, or is null, fulfils nothing but Exists{false}.
struct Condition {
  struct Exists {
    bool wanted;
  };
  // A text, a whole number or a truth value.
  struct OneOf {
    std::vector<Json> choices;
  };
  // A text, as a whole.
  struct Matches {
    RegularExpression expression;
  };
  // A text that is a semantic version within the range.
  struct Version {
    std::string text;
    oci::VersionRange range;
  };
  // A list, each element of which fulfils all of these. An empty list does.
  struct Every {
    std::vector<Condition> conditions;
  };

  JsonPointer path;  // within the predicate, or within the element of a list
  std::variant<Exists, OneOf, Matches, Version, Every> test;
};

// The member `name` of an object: a list of
//   {path: /a/b, equals: x | oneOf: [x, y] | matches: 'v[0-9]+' | version: '>=1.2 <2' |
//    exists: true | every: [conditions]}
// kInvalidInput naming the member under `path`: not exactly one test; a broken pointer, expression
// or range; a limit from above. An absent list is an empty one.
Result<std::vector<Condition>> parse_conditions(const Json* list, const std::string& path);

// Why the document does not fulfil them, in a sentence about the first that it does not; empty
// where it fulfils all. Text of the document is made printable.
std::string unmet_condition(const std::vector<Condition>& conditions, const Json& document);

}  // namespace sealift::signing
