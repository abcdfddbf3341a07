#pragma once

#include <sealift/base/result.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sealift {

// A JSON document (RFC 8259) as data. Members keep the order in which they were written, numbers
// keep their digits (a 64-bit or larger integer survives unchanged), names within an object are
// unique. Copying is deep.
class Json {
 public:
  struct Number {
    std::string digits;  // a valid JSON number literal
    bool operator==(const Number&) const = default;
  };
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() : value_(nullptr) {}
  Json(std::nullptr_t) : value_(nullptr) {}
  Json(bool value) : value_(value) {}
  Json(int value) : Json(static_cast<std::int64_t>(value)) {}
  Json(std::int64_t value);
  Json(std::uint64_t value);
  Json(Number value) : value_(std::move(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  static Json array() { return Json(Array{}); }
  static Json object() { return Json(Object{}); }

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_number() const { return std::holds_alternative<Number>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  std::string_view type_name() const;  // "object", "array", "string", "number", "boolean", "null"

  // Null where the value is of another type.
  const Object* as_object() const { return std::get_if<Object>(&value_); }
  Object* as_object() { return std::get_if<Object>(&value_); }
  const Array* as_array() const { return std::get_if<Array>(&value_); }
  Array* as_array() { return std::get_if<Array>(&value_); }
  const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  const Number* as_number() const { return std::get_if<Number>(&value_); }
  const bool* as_bool() const { return std::get_if<bool>(&value_); }
  // Nullopt where it is no number, or has a fraction, an exponent, or does not fit.
  std::optional<std::int64_t> as_int64() const;

  // Member of an object; null where this is no object or has no such member.
  const Json* find(std::string_view name) const;
  Json* find(std::string_view name);
  // find("metadata")->find("name") and so on; null where any step is missing.
  const Json* find_path(std::initializer_list<std::string_view> names) const;
  // The string at that path, or empty.
  std::string_view string_at(std::initializer_list<std::string_view> names) const;

  // Sets or replaces a member; turns null into an object. Asserts on any other type.
  Json& set(std::string_view name, Json value);
  // Removes a member if it is there; returns whether it was.
  bool erase(std::string_view name);
  // Appends to an array; turns null into an array.
  void push_back(Json value);

  // Equality of the data model: members in any order; numbers by their digits.
  bool operator==(const Json& other) const;

 private:
  std::variant<std::nullptr_t, bool, Number, std::string, Array, Object> value_;
};

struct JsonLimits {
  std::uint64_t max_bytes = 4u << 20;
  std::uint32_t max_depth = 64;
  std::uint64_t max_values = 1u << 20;
};

// Reads one document. kInvalidInput, with line and column, for a syntax error, invalid UTF-8, a
// repeated member name, trailing bytes, or a limit. `what` names the document in the message.
Result<Json> parse_json(std::string_view bytes, std::string_view what,
                        const JsonLimits& limits = {});

// Compact, members in their order, only what RFC 8259 demands escaped.
std::string dump_json(const Json& value);
// Two spaces of indentation, for people.
std::string dump_json_pretty(const Json& value);
// Members sorted by the bytes of their names, compact: equal documents give equal bytes.
std::string dump_json_sorted(const Json& value);

}  // namespace sealift
