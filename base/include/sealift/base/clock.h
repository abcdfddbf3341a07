#pragma once

#include <sealift/base/result.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift {

// Wall time in UTC with the precision that formats carry.
using Timestamp = std::chrono::sys_seconds;
using SteadyTime = std::chrono::steady_clock::time_point;

// RFC 3339 in UTC: "2026-11-22T14:43:54Z".
std::string format_timestamp(Timestamp time);
// RFC 3339 with any offset; fractions are cut off. kInvalidInput otherwise.
Result<Timestamp> parse_timestamp(std::string_view text);

// Where time comes from. Pure code takes a Timestamp instead.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() = 0;
  // Never goes back; for deadlines and intervals.
  virtual SteadyTime steady_now() = 0;
  // Returns at the time given or at once when a stop is requested.
  virtual void sleep_until(SteadyTime time, std::stop_token stop) = 0;
};

// The machine's clock; lives as long as the program.
Clock& system_clock();

}  // namespace sealift
