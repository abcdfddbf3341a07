#include "schema_number.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace sealift::checks {
namespace {

std::optional<double> as_double(const Json& value) {
  const auto* number = value.as_number();
  if (number == nullptr) return std::nullopt;
  const char* end = number->digits.data() + number->digits.size();
  double read = 0;
  const auto [at, error] = std::from_chars(number->digits.data(), end, read);
  if (error != std::errc() || at != end || !std::isfinite(read)) return std::nullopt;
  return read;
}

}  // namespace

std::optional<std::partial_ordering> compare_numbers(const Json& a, const Json& b) {
  const auto whole_a = a.as_int64();
  const auto whole_b = b.as_int64();
  if (whole_a && whole_b) return *whole_a <=> *whole_b;
  const auto real_a = as_double(a);
  const auto real_b = as_double(b);
  if (!real_a || !real_b) return std::nullopt;
  return *real_a <=> *real_b;
}

bool is_whole(const Json& number) {
  if (number.as_int64()) return true;
  const auto real = as_double(number);
  return real && std::nearbyint(*real) == *real;
}

std::optional<bool> is_multiple(const Json& number, const Json& step) {
  const auto whole = number.as_int64();
  const auto whole_step = step.as_int64();
  if (whole && whole_step) {
    if (*whole_step <= 0) return std::nullopt;
    return *whole % *whole_step == 0;
  }
  const auto real = as_double(number);
  const auto real_step = as_double(step);
  if (!real || !real_step || *real_step <= 0) return std::nullopt;
  const double times = *real / *real_step;
  if (!(std::abs(times) < 1.0 / std::numeric_limits<double>::epsilon())) return std::nullopt;
  // 0.3 is no multiple of 0.1 in binary, and means to be one.
  constexpr double kTolerance = 1e-9;
  return std::abs(times - std::nearbyint(times)) < kTolerance;
}

}  // namespace sealift::checks
