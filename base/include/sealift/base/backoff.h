#pragma once

#include <sealift/base/random.h>

#include <chrono>
#include <cstdint>

namespace sealift {

// How long to wait before trying again: exponential, bounded, with jitter, so that many clients of
// a server that came back do not all return in the same moment.
struct Backoff {
  std::chrono::milliseconds initial{250};
  std::chrono::milliseconds maximum{30'000};

  // The wait after `failures` failures in a row (from 1). It doubles with each failure up to
  // `maximum`; `chance` in [0, 1] picks a point in its upper half.
  std::chrono::milliseconds delay(std::uint32_t failures, double chance) const;
};

// A number in [0, 1).
double random_fraction(Random& random);

}  // namespace sealift
