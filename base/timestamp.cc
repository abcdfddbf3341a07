#include <sealift/base/clock.h>
#include <sealift/base/encoding.h>

#include <array>
#include <cstdio>
#include <optional>

namespace sealift {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// Walks over the text; each step says whether what it expected was there.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  std::optional<int> digits(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

  bool one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) return false;
    taken_ = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }

  bool skip_digits() {
    const std::size_t end = rest_.find_first_not_of("0123456789");
    const std::size_t count = end == std::string_view::npos ? rest_.size() : end;
    rest_.remove_prefix(count);
    return count > 0;
  }

  char taken() const { return taken_; }
  bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  char taken_ = '\0';
};

std::optional<std::chrono::sys_days> scan_date(Scanner& scanner) {
  const auto year = scanner.digits(4);
  if (!year || !scanner.one_of("-")) return std::nullopt;
  const auto month = scanner.digits(2);
  if (!month || !scanner.one_of("-")) return std::nullopt;
  const auto day = scanner.digits(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<seconds> scan_time_of_day(Scanner& scanner) {
  const auto hour = scanner.digits(2);
  if (!hour || *hour > 23 || !scanner.one_of(":")) return std::nullopt;
  const auto minute = scanner.digits(2);
  if (!minute || *minute > 59 || !scanner.one_of(":")) return std::nullopt;
  const auto second = scanner.digits(2);
  if (!second || *second > 59) return std::nullopt;
  if (scanner.one_of(".") && !scanner.skip_digits()) return std::nullopt;
  return hours(*hour) + minutes(*minute) + seconds(*second);
}

std::optional<seconds> scan_offset(Scanner& scanner) {
  if (scanner.one_of("Zz")) return seconds(0);
  if (!scanner.one_of("+-")) return std::nullopt;
  const int sign = scanner.taken() == '-' ? -1 : 1;
  const auto hour = scanner.digits(2);
  if (!hour || *hour > 23 || !scanner.one_of(":")) return std::nullopt;
  const auto minute = scanner.digits(2);
  if (!minute || *minute > 59) return std::nullopt;
  return sign * (hours(*hour) + minutes(*minute));
}

std::optional<Timestamp> scan_timestamp(std::string_view text) {
  Scanner scanner(text);
  const auto date = scan_date(scanner);
  if (!date || !scanner.one_of("Tt")) return std::nullopt;
  const auto time = scan_time_of_day(scanner);
  if (!time) return std::nullopt;
  const auto offset = scan_offset(scanner);
  if (!offset || !scanner.at_end()) return std::nullopt;
  return Timestamp(*date) + *time - *offset;
}

}  // namespace

std::string format_timestamp(Timestamp time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 48> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(length));
}

Result<Timestamp> parse_timestamp(std::string_view text) {
  const auto time = scan_timestamp(text);
  if (!time) {
    return fail(
        ErrorCode::kInvalidInput,
        "\"" + printable(text, 64) + "\" is no RFC 3339 time; write it as in 2026-11-22T14:43:54Z");
  }
  return *time;
}

}  // namespace sealift
