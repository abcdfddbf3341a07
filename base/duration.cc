#include <sealift/base/duration.h>
#include <sealift/base/encoding.h>

#include <array>
#include <cstdint>
#include <optional>

namespace sealift {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

// "ms" stands before "m", which begins it.
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"µs", 1'000},
                                      {"μs", 1'000},
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"h", 3'600'000'000'000}}};
constexpr std::uint64_t kMaximum = 100ull * 365 * 24 * 3'600 * 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

const Unit* find_unit(std::string_view text) {
  for (const Unit& unit : kUnits) {
    if (text.substr(0, unit.name.size()) == unit.name) return &unit;
  }
  return nullptr;
}

enum class Problem { kSyntax, kTooLong };

// One number with its unit, taken off the front of `rest`, added to `total` nanoseconds.
std::optional<Problem> add_part(std::string_view& rest, std::uint64_t& total) {
  std::uint64_t whole = 0;
  std::size_t digits = 0;
  for (; !rest.empty() && is_digit(rest.front()); rest.remove_prefix(1), ++digits) {
    if (whole > kMaximum / 10) return Problem::kTooLong;
    whole = whole * 10 + static_cast<std::uint64_t>(rest.front() - '0');
  }
  std::string_view fraction;
  if (!rest.empty() && rest.front() == '.') {
    rest.remove_prefix(1);
    std::size_t length = 0;
    while (length < rest.size() && is_digit(rest[length])) ++length;
    fraction = rest.substr(0, length);
    rest.remove_prefix(length);
  }
  const Unit* unit = find_unit(rest);
  if (digits + fraction.size() == 0 || unit == nullptr) return Problem::kSyntax;
  rest.remove_prefix(unit->name.size());
  if (whole > kMaximum / unit->nanoseconds) return Problem::kTooLong;
  total += whole * unit->nanoseconds;
  std::uint64_t step = unit->nanoseconds;
  for (const char c : fraction) {
    step /= 10;
    total += step * static_cast<std::uint64_t>(c - '0');
  }
  if (total > kMaximum) return Problem::kTooLong;
  return std::nullopt;
}

void append_seconds(std::string& text, std::int64_t seconds, std::int64_t thousandths) {
  text += std::to_string(seconds);
  if (thousandths > 0) {
    std::string fraction = std::to_string(1'000 + thousandths).substr(1);
    while (fraction.back() == '0') fraction.pop_back();
    text += "." + fraction;
  }
  text += 's';
}

}  // namespace

Result<milliseconds> parse_duration(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::kInvalidInput,
                "\"" + printable(text, 64) + "\" is no duration: " + std::string(why));
  };
  std::string_view rest = text;
  if (!rest.empty() && rest.front() == '-') return refuse("it must not be negative");
  if (!rest.empty() && rest.front() == '+') rest.remove_prefix(1);
  if (rest == "0") return milliseconds(0);
  if (rest.empty()) return refuse("write it as in 90s, 5m or 1h30m");
  std::uint64_t nanoseconds = 0;
  while (!rest.empty()) {
    const auto problem = add_part(rest, nanoseconds);
    if (problem == Problem::kTooLong) return refuse("it is longer than 100 years");
    if (problem) return refuse("write it as in 90s, 5m or 1h30m (units: ms, s, m, h)");
  }
  if (nanoseconds > 0 && nanoseconds < 1'000'000) return refuse("it is shorter than 1ms");
  return milliseconds(static_cast<std::int64_t>(nanoseconds / 1'000'000));
}

std::string format_duration(milliseconds duration) {
  const std::int64_t total = duration.count();
  if (total > 0 && total < 1'000) return std::to_string(total) + "ms";
  const std::int64_t hours = total / 3'600'000;
  const std::int64_t minutes = total / 60'000 % 60;
  const std::int64_t seconds = total / 1'000 % 60;
  const std::int64_t thousandths = total % 1'000;
  std::string text;
  if (hours > 0) text += std::to_string(hours) + "h";
  if (minutes > 0) text += std::to_string(minutes) + "m";
  if (seconds > 0 || thousandths > 0 || text.empty()) append_seconds(text, seconds, thousandths);
  return text;
}

}  // namespace sealift
