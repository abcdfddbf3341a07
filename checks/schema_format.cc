#include "schema_format.h"

#include <sealift/base/clock.h>
#include <sealift/base/encoding.h>
#include <sealift/base/ip_address.h>

#include <algorithm>
#include <string>

namespace sealift::checks {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_date_time(std::string_view text) { return parse_timestamp(text).has_value(); }

bool is_date(std::string_view text) { return is_date_time(std::string(text) + "T00:00:00Z"); }

// Go's decoder passes over line ends.
bool is_base64_text(std::string_view text) {
  std::string one_line(text);
  std::erase_if(one_line, [](char c) { return c == '\n' || c == '\r'; });
  return base64_decode(one_line).has_value();
}

bool is_ip_of_version(std::string_view text, bool six) {
  if (text.starts_with('[') || (text.find(':') != std::string_view::npos) != six) return false;
  return kind_of_literal(text).has_value();
}

bool is_ipv4(std::string_view text) { return is_ip_of_version(text, false); }
bool is_ipv6(std::string_view text) { return is_ip_of_version(text, true); }

bool is_cidr(std::string_view text) {
  constexpr int kMaxDigits = 3;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto length = text.substr(slash + 1);
  if (length.empty() || length.size() > kMaxDigits ||
      !std::all_of(length.begin(), length.end(), is_digit)) {
    return false;
  }
  const auto address = text.substr(0, slash);
  const int bits = std::stoi(std::string(length));
  return is_ipv4(address) ? bits <= 32 : is_ipv6(address) && bits <= 128;
}

// RFC 9562, section 4: with the hyphens, or without any.
bool is_uuid(std::string_view text) {
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_place = i == 8 || i == 13 || i == 18 || i == 23;
    if (text.size() == 36 && is_place && text[i] == '-') continue;
    digits += text[i];
  }
  return digits.size() == 32 && hex_decode(digits).has_value();
}

struct Format {
  std::string_view name;
  bool (*fits)(std::string_view);
  std::string_view what;
};

constexpr Format kFormats[] = {
    {"byte", is_base64_text, "base64"},
    {"cidr", is_cidr, "an address and the length of its prefix, as in 10.0.0.0/8"},
    {"date", is_date, "a date, as in 2026-11-22"},
    {"date-time", is_date_time, "a date and time, as in 2026-11-22T14:43:54Z"},
    {"ipv4", is_ipv4, "an IPv4 address"},
    {"ipv6", is_ipv6, "an IPv6 address"},
    {"uuid", is_uuid, "a UUID"},
};

}  // namespace

std::string_view format_problem(std::string_view format, std::string_view text) {
  for (const auto& known : kFormats) {
    if (known.name == format) return known.fits(text) ? std::string_view() : known.what;
  }
  return {};
}

}  // namespace sealift::checks
