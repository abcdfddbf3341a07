#include "yaml_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace sealift::objects {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t count_digits(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return count;
}

template <typename T>
std::optional<T> whole(std::string_view text, int base) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

// The base that a prefix says, with the prefix removed.
int take_base(std::string_view& text) {
  if (text.empty() || text[0] != '0' || text.size() == 1) return 10;
  const char letter = static_cast<char>(text[1] | 0x20);
  const int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 0;
  if (base != 0 && text.size() > 2) {
    text.remove_prefix(2);
    return base;
  }
  text.remove_prefix(1);
  return 8;
}

// A number in the parts [sign] digits [. digits] [e [sign] digits].
struct Decimal {
  std::string_view integer;
  std::string_view fraction;
  std::string_view exponent;  // with its sign
};

std::optional<Decimal> split_decimal(std::string_view text) {
  Decimal parts;
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  parts.integer = text.substr(0, count_digits(text));
  text.remove_prefix(parts.integer.size());
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    parts.fraction = text.substr(0, count_digits(text));
    text.remove_prefix(parts.fraction.size());
  }
  if (parts.integer.empty() && parts.fraction.empty()) return std::nullopt;
  if (text.empty()) return parts;
  if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
  parts.exponent = text.substr(1);
  std::string_view digits = parts.exponent;
  if (digits.starts_with('+') || digits.starts_with('-')) digits.remove_prefix(1);
  if (digits.empty() || count_digits(digits) != digits.size()) return std::nullopt;
  return parts;
}

// Whether a number that no double holds is too small rather than too large.
bool underflows(const Decimal& parts) {
  if (parts.exponent.starts_with('-')) return true;
  return parts.exponent.empty() && parts.integer.find_first_not_of('0') == std::string_view::npos;
}

// The shortest digits that read back the same, and the power of ten of the first.
template <typename T>
std::pair<std::string, int> shortest_digits(T value) {
  char buffer[64];
  const auto [end, error] =
      std::to_chars(buffer, buffer + sizeof buffer, std::abs(value), std::chars_format::scientific);
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const auto e = text.find('e');
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  const bool negative = text[e + 1] == '-';
  const int exponent = whole<int>(text.substr(e + 2), 10).value_or(0);
  return {std::move(digits), negative ? -exponent : exponent};
}

std::string fixed_notation(std::string digits, int exponent) {
  if (exponent < 0) {
    return "0." + std::string(static_cast<std::size_t>(-exponent) - 1, '0') + digits;
  }
  const auto integer_digits = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= integer_digits) {
    digits.append(integer_digits - digits.size(), '0');
    return digits;
  }
  return digits.insert(integer_digits, ".");
}

std::string exponent_notation(std::string digits, int exponent, std::size_t min_exponent_digits) {
  if (digits.size() > 1) digits.insert(1, ".");
  std::string power = std::to_string(std::abs(exponent));
  if (power.size() < min_exponent_digits) power.insert(0, min_exponent_digits - power.size(), '0');
  return digits + (exponent < 0 ? "e-" : "e+") + power;
}

}  // namespace

Integer parse_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  const bool has_sign = negative || text.starts_with('+');
  std::string_view digits = has_sign ? text.substr(1) : text;
  if (digits.empty() || !is_digit(digits[0])) return {};
  const int base = take_base(digits);
  const auto magnitude = whole<std::uint64_t>(digits, base);
  if (!magnitude) return {};
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (negative) {
    if (*magnitude > kMax + 1) return {};
    return static_cast<std::int64_t>(0 - *magnitude);
  }
  if (*magnitude <= kMax) return static_cast<std::int64_t>(*magnitude);
  if (has_sign) return {};
  return *magnitude;
}

std::optional<double> parse_float(std::string_view text) {
  const auto parts = split_decimal(text);
  if (!parts) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    if (!underflows(*parts)) return std::nullopt;
    return text.starts_with('-') ? -0.0 : 0.0;
  }
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::string format_json_double(double value) {
  const double magnitude = std::abs(value);
  auto [digits, exponent] = shortest_digits(value);
  const bool fixed = magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e21);
  std::string text = fixed ? fixed_notation(std::move(digits), exponent)
                           : exponent_notation(std::move(digits), exponent, 1);
  return std::signbit(value) ? "-" + text : text;
}

std::string format_key_double(double value) {
  const auto narrow = static_cast<float>(value);
  if (std::isnan(narrow)) return ".nan";
  if (std::isinf(narrow)) return narrow > 0 ? ".inf" : "-.inf";
  auto [digits, exponent] = shortest_digits(narrow);
  const bool fixed = exponent >= -4 && exponent < 6;
  std::string text = fixed ? fixed_notation(std::move(digits), exponent)
                           : exponent_notation(std::move(digits), exponent, 2);
  return std::signbit(narrow) ? "-" + text : text;
}

std::optional<std::string> canonical_number(std::string_view digits) {
  if (digits.find('.') == std::string_view::npos) {
    if (const auto integer = whole<std::int64_t>(digits, 10)) return std::to_string(*integer);
  }
  const auto value = parse_float(digits);
  if (!value) return std::nullopt;
  return format_json_double(*value);
}

}  // namespace sealift::objects
