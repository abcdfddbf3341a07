#pragma once

#include <sealift/base/clock.h>

#include <cstdint>
#include <deque>
#include <optional>

namespace sealift::program {

// How fast bytes move: over the last three seconds, or since the last look where that is longer
// ago.
class TransferRate {
 public:
  // `moved`: in all so far. What is taken back counts as nothing moved.
  void note(SteadyTime now, std::uint64_t moved);
  // Bytes per second; nullopt until one second has been seen.
  std::optional<std::uint64_t> per_second() const;

 private:
  struct Sample {
    SteadyTime time;
    std::uint64_t moved;
  };
  std::deque<Sample> samples_;
};

}  // namespace sealift::program
