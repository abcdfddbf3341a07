#include <sealift/console/age.h>

#include <chrono>

namespace sealift::console {
namespace {

using namespace std::chrono_literals;

// "3h20m": the rest only as long as it says something (k8s.io/apimachinery,
// duration.HumanDuration).
template <typename Big, typename Small>
std::string two_units(std::chrono::seconds age, const char* big, const char* small) {
  const auto whole = std::chrono::duration_cast<Big>(age);
  const auto rest = std::chrono::duration_cast<Small>(age - whole);
  auto text = std::to_string(whole.count()) + big;
  if (rest.count() > 0) text += std::to_string(rest.count()) + small;
  return text;
}

std::string one_unit(long long count, const char* unit) { return std::to_string(count) + unit; }

}  // namespace

std::string age_of(std::string_view timestamp, Timestamp now) {
  const auto then = parse_timestamp(timestamp);
  if (!then) return "<unknown>";
  const std::chrono::seconds age = now - *then;
  constexpr std::chrono::hours kYear = 365 * 24h;
  using Days = std::chrono::days;
  if (age <= 0s) return "0s";
  if (age < 2min) return one_unit(age.count(), "s");
  if (age < 10min) return two_units<std::chrono::minutes, std::chrono::seconds>(age, "m", "s");
  if (age < 3h) return one_unit(std::chrono::duration_cast<std::chrono::minutes>(age).count(), "m");
  if (age < 8h) return two_units<std::chrono::hours, std::chrono::minutes>(age, "h", "m");
  if (age < 48h) return one_unit(std::chrono::duration_cast<std::chrono::hours>(age).count(), "h");
  if (age < 8 * 24h) return two_units<Days, std::chrono::hours>(age, "d", "h");
  if (age < 2 * kYear) return one_unit(std::chrono::duration_cast<Days>(age).count(), "d");
  if (age < 8 * kYear) {
    using Years = std::chrono::duration<long long, std::ratio<365 * 86400>>;
    return two_units<Years, Days>(age, "y", "d");
  }
  return one_unit(age / kYear, "y");
}

}  // namespace sealift::console
