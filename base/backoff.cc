#include <sealift/base/backoff.h>

#include <algorithm>
#include <cstring>

namespace sealift {

std::chrono::milliseconds Backoff::delay(std::uint32_t failures, double chance) const {
  auto wait = initial;
  for (std::uint32_t i = 1; i < failures && wait < maximum; ++i) wait *= 2;
  wait = std::min(wait, maximum);
  const double half = static_cast<double>(wait.count()) / 2;
  const double point = half + half * std::clamp(chance, 0.0, 1.0);
  return std::chrono::milliseconds(static_cast<std::chrono::milliseconds::rep>(point));
}

double random_fraction(Random& random) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, random.bytes(sizeof bits).data(), sizeof bits);
  return static_cast<double>(bits) / 4294967296.0;
}

}  // namespace sealift
