#include <sealift/base/http_date.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace sealift {
namespace {

using std::chrono::seconds;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<int> take_number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);  // asctime pads the day with a space
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

std::optional<unsigned> month_of(std::string_view name) {
  const auto* found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

std::optional<seconds> time_of_day(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const auto hour = take_number(text.substr(0, 2));
  const auto minute = take_number(text.substr(3, 2));
  const auto second = take_number(text.substr(6, 2));
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
}

std::optional<Timestamp> join(std::string_view day, std::string_view month, std::optional<int> year,
                              std::string_view time) {
  const auto day_number = take_number(day);
  const auto month_number = month_of(month);
  const auto time_number = time_of_day(time);
  if (!day_number || !month_number || !year || !time_number) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(*month_number),
                                         std::chrono::day(static_cast<unsigned>(*day_number))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + *time_number;
}

// RFC 850's year: one that seems more than 50 years ahead is the last that had these digits.
std::optional<int> full_year(std::string_view digits, Timestamp now) {
  const auto two = take_number(digits);
  if (!two) return std::nullopt;
  const int this_year = static_cast<int>(
      std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year());
  int year = this_year / 100 * 100 + *two;
  if (year > this_year + 50) year -= 100;
  return year;
}

void append_two_digits(std::string& text, unsigned number) {
  text += static_cast<char>('0' + number / 10 % 10);
  text += static_cast<char>('0' + number % 10);
}

}  // namespace

std::optional<Timestamp> parse_http_date(std::string_view text, Timestamp now) {
  const auto comma = text.find(", ");
  if (comma == std::string_view::npos) {  // "Sun Nov  6 08:49:37 1994"
    if (text.size() != 24) return std::nullopt;
    return join(text.substr(8, 2), text.substr(4, 3), take_number(text.substr(20, 4)),
                text.substr(11, 8));
  }
  std::string_view rest = text.substr(comma + 2);
  if (!rest.ends_with(" GMT")) return std::nullopt;
  rest.remove_suffix(4);
  if (rest.size() == 20) {  // "06 Nov 1994 08:49:37"
    return join(rest.substr(0, 2), rest.substr(3, 3), take_number(rest.substr(7, 4)),
                rest.substr(12, 8));
  }
  if (rest.size() == 18) {  // "06-Nov-94 08:49:37"
    return join(rest.substr(0, 2), rest.substr(3, 3), full_year(rest.substr(7, 2), now),
                rest.substr(10, 8));
  }
  return std::nullopt;
}

std::string format_http_date(Timestamp time) {
  static constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::string text(kDays.at(std::chrono::weekday(day).c_encoding()));
  text += ", ";
  append_two_digits(text, static_cast<unsigned>(date.day()));
  text += ' ';
  text += kMonths.at(static_cast<unsigned>(date.month()) - 1);
  text += ' ' + std::to_string(static_cast<int>(date.year())) + ' ';
  append_two_digits(text, static_cast<unsigned>(clock.hours().count()));
  text += ':';
  append_two_digits(text, static_cast<unsigned>(clock.minutes().count()));
  text += ':';
  append_two_digits(text, static_cast<unsigned>(clock.seconds().count()));
  return text + " GMT";
}

std::optional<seconds> parse_retry_after(std::string_view text, Timestamp now) {
  constexpr int kMost = 1'000'000'000;
  if (!text.empty() &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return seconds(take_number(text).value_or(kMost));
  }
  const auto date = parse_http_date(text, now);
  if (!date) return std::nullopt;
  return std::max(seconds(0), *date - now);
}

}  // namespace sealift
