#pragma once

#include <sealift/base/json.h>
#include <sealift/base/regular_expression.h>
#include <sealift/checks/schema_set.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::checks {

// Schemas come from repositories and servers, and may refer to themselves.
inline constexpr std::size_t kMaxSchemaDepth = 200;
// For each object. A step is about a field, a keyword of a schema or four characters of a pattern's
// text.
inline constexpr std::uint64_t kMaxSchemaSteps = 2'000'000;
inline constexpr std::size_t kMaxSchemaFaults = 100;

struct SchemaFault {
  enum class Kind {
    kWrong,
    kUnknown,    // a field that the schema does not know
    kUndecided,  // the schema says something that is not understood here, or takes too long
  };
  Kind kind = Kind::kWrong;
  std::string field;  // JSON pointer
  std::string message;
  std::string advice = {};
};

// Holds objects against schemas as an API server does: the part of JSON Schema that OpenAPI 3.0 and
// structural schemas have, with Kubernetes' extensions (int-or-string, list types, unknown fields).
// Rules in CEL (x-kubernetes-validations) are not evaluated. A text with "${" fits everything: what
// it becomes is not known yet. No message holds a value.
class SchemaValidator {
 public:
  // At most kMaxSchemaFaults of each kind, in the order of the object's fields.
  std::vector<SchemaFault> validate(const Json& object, const Schema& schema);

  // Null where it can't be matched here. Compiled once for all objects.
  const RegularExpression* pattern(const std::string& text);

 private:
  std::map<std::string, std::optional<RegularExpression>, std::less<>> patterns_;
};

}  // namespace sealift::checks
