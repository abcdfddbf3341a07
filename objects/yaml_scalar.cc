#include "yaml_scalar.h"

#include "yaml_number.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <variant>

namespace sealift::objects {
namespace {

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

using Scalar = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string>;

constexpr std::array<std::string_view, 11> kTrue = {"y",    "Y",    "yes", "Yes", "YES", "true",
                                                    "True", "TRUE", "on",  "On",  "ON"};
constexpr std::array<std::string_view, 11> kFalse = {"n",     "N",     "no",  "No",  "NO", "false",
                                                     "False", "FALSE", "off", "Off", "OFF"};
constexpr std::array<std::string_view, 5> kNull = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> kNan = {".nan", ".NaN", ".NAN"};
constexpr std::array<std::string_view, 6> kInfinity = {".inf",  ".Inf",  ".INF",
                                                       "+.inf", "+.Inf", "+.INF"};
constexpr std::array<std::string_view, 3> kMinusInfinity = {"-.inf", "-.Inf", "-.INF"};
constexpr std::size_t kLongestWord = 5;

template <typename Words>
bool is_one_of(std::string_view text, const Words& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::optional<Scalar> word(std::string_view text) {
  if (text.size() > kLongestWord) return std::nullopt;
  if (is_one_of(text, kNull)) return Scalar(nullptr);
  if (is_one_of(text, kTrue)) return Scalar(true);
  if (is_one_of(text, kFalse)) return Scalar(false);
  if (is_one_of(text, kNan)) return Scalar(std::numeric_limits<double>::quiet_NaN());
  if (is_one_of(text, kInfinity)) return Scalar(std::numeric_limits<double>::infinity());
  if (is_one_of(text, kMinusInfinity)) return Scalar(-std::numeric_limits<double>::infinity());
  return std::nullopt;
}

std::optional<Scalar> from_integer(const Integer& integer) {
  if (const auto* value = std::get_if<std::int64_t>(&integer)) return Scalar(*value);
  if (const auto* value = std::get_if<std::uint64_t>(&integer)) return Scalar(*value);
  return std::nullopt;
}

// go-yaml's own reading of "0b" where Go's is no success: the sign may follow the prefix.
std::optional<Scalar> signed_binary(std::string_view text) {
  if (!text.starts_with("0b") || text.size() < 4 || (text[2] != '-' && text[2] != '+')) {
    return std::nullopt;
  }
  return from_integer(parse_integer(std::string(1, text[2]) + "0b" + std::string(text.substr(3))));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool underscores_separate_digits(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') continue;
    if (i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) || !is_digit(text[i + 1])) {
      return false;
    }
  }
  return true;
}

std::optional<Scalar> number(std::string_view text) {
  const bool begins_with_point = text[0] == '.';
  std::string without_underscores;
  if (text.find('_') != std::string_view::npos) {
    // go-yaml takes every underscore out, but leaves what begins with a point to Go.
    if (begins_with_point && !underscores_separate_digits(text)) return std::nullopt;
    std::copy_if(text.begin(), text.end(), std::back_inserter(without_underscores),
                 [](char c) { return c != '_'; });
    text = without_underscores;
  }
  if (begins_with_point) {
    if (const auto value = parse_float(text)) return Scalar(*value);
    return std::nullopt;
  }
  if (auto value = from_integer(parse_integer(text))) return value;
  if (const auto value = parse_float(text)) return Scalar(*value);
  return signed_binary(text);
}

// The meaning of a scalar that no tag and no quotes decide.
Scalar implicit(std::string_view text) {
  if (text.empty()) return nullptr;
  const char first = text[0];
  const bool may_be_number = is_digit(first) || first == '+' || first == '-';
  const bool may_be_word = std::string_view("yYnNtTfFoO~").find(first) != std::string_view::npos;
  if (may_be_word || may_be_number || first == '.') {
    if (auto value = word(text)) return *std::move(value);
  }
  if (may_be_number || first == '.') {
    if (auto value = number(text)) return *std::move(value);
  }
  return std::string(text);
}

Result<Scalar> binary(std::string_view text) {
  std::string compact;
  std::copy_if(text.begin(), text.end(), std::back_inserter(compact),
               [](char c) { return c != '\n' && c != '\r'; });
  auto bytes = base64_decode(compact);
  if (!bytes) return fail(ErrorCode::kInvalidInput, "the text of !!binary is not base64");
  if (!is_utf8(*bytes)) {
    return fail(ErrorCode::kInvalidInput,
                "!!binary holds bytes that are no text, and JSON has no place for them; put the "
                "base64 itself into a quoted string");
  }
  return Scalar(*std::move(bytes));
}

Error does_not_fit(std::string_view text, std::string_view short_tag) {
  return Error(ErrorCode::kInvalidInput,
               "\"" + printable(text, 60) + "\" is not a value of !!" + std::string(short_tag));
}

Result<Scalar> tagged(std::string_view short_tag, std::string_view text) {
  if (short_tag == "str") return Scalar(std::string(text));
  if (short_tag == "binary") return binary(text);
  Scalar value = implicit(text);
  const auto holds = [&](auto type) { return std::holds_alternative<decltype(type)>(value); };
  bool fits = false;
  if (short_tag == "null") fits = holds(nullptr);
  if (short_tag == "bool") fits = holds(true);
  if (short_tag == "int") fits = holds(std::int64_t{}) || holds(std::uint64_t{});
  if (short_tag == "float") {
    fits = holds(0.0);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      return Scalar(static_cast<double>(*integer));
    }
  }
  if (!fits) return fail(does_not_fit(text, short_tag));
  return value;
}

Error unknown_tag(std::string_view tag) {
  std::string shown(tag);
  if (tag.starts_with(kTagPrefix)) shown = "!!" + std::string(tag.substr(kTagPrefix.size()));
  return Error(ErrorCode::kInvalidInput, "the tag " + printable(shown, 80) +
                                             " means nothing to Kubernetes; remove it, or render "
                                             "the template that it belongs to");
}

Result<Scalar> resolve(std::string_view tag, std::string_view text, bool plain) {
  if (tag.empty() && plain) return implicit(text);
  // "!" alone says that the text is not to be guessed at.
  if (tag.empty() || tag == "!") return Scalar(std::string(text));
  if (tag.starts_with(kTagPrefix)) {
    const std::string_view short_tag = tag.substr(kTagPrefix.size());
    constexpr std::array<std::string_view, 6> kKnown = {"str",  "binary", "null",
                                                        "bool", "int",    "float"};
    if (is_one_of(short_tag, kKnown)) return tagged(short_tag, text);
  }
  return fail(unknown_tag(tag));
}

// Go writes these through encoding/json and reads them back, where an integer beyond 63 bits has
// become a double, and -0 an integer.
Result<Json> double_to_json(double value) {
  if (value - value != 0) {
    return fail(ErrorCode::kInvalidInput,
                "infinity and not-a-number have no form in JSON; quote the value if it is text");
  }
  std::string text = format_json_double(value);
  if (text == "-0") text = "0";
  return Json(Json::Number{std::move(text)});
}

}  // namespace

Result<Json> resolve_scalar(std::string_view tag, std::string_view text, bool plain) {
  SEALIFT_ASSIGN(Scalar scalar, resolve(tag, text, plain));
  if (auto* value = std::get_if<std::string>(&scalar)) return Json(std::move(*value));
  if (const auto* value = std::get_if<std::int64_t>(&scalar)) return Json(*value);
  if (const auto* value = std::get_if<bool>(&scalar)) return Json(*value);
  if (const auto* value = std::get_if<std::uint64_t>(&scalar)) {
    return double_to_json(static_cast<double>(*value));
  }
  if (const auto* value = std::get_if<double>(&scalar)) return double_to_json(*value);
  return Json();
}

Result<std::string> resolve_key(std::string_view tag, std::string_view text, bool plain) {
  SEALIFT_ASSIGN(Scalar scalar, resolve(tag, text, plain));
  if (auto* value = std::get_if<std::string>(&scalar)) return std::move(*value);
  if (const auto* value = std::get_if<bool>(&scalar)) return std::string(*value ? "true" : "false");
  if (const auto* value = std::get_if<std::int64_t>(&scalar)) return std::to_string(*value);
  if (const auto* value = std::get_if<double>(&scalar)) return format_key_double(*value);
  return fail(ErrorCode::kInvalidInput, "the key \"" + printable(text, 60) +
                                            "\" is null or a number beyond 63 bits, and "
                                            "JSON has no such key; quote it");
}

bool is_merge_key(std::string_view tag, std::string_view text, bool plain) {
  if (text != "<<") return false;
  return tag.empty() ? plain : tag == "tag:yaml.org,2002:merge";
}

Result<> check_collection_tag(std::string_view tag, bool sequence) {
  if (tag.empty() || tag == "!") return {};
  if (tag.starts_with(kTagPrefix) && tag.substr(kTagPrefix.size()) == (sequence ? "seq" : "map")) {
    return {};
  }
  return fail(unknown_tag(tag));
}

bool resolves_to_other(std::string_view text) {
  return !std::holds_alternative<std::string>(implicit(text));
}

}  // namespace sealift::objects
