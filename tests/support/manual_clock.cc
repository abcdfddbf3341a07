#include "support/manual_clock.h"

#include <algorithm>
#include <iterator>

namespace sealift::test {

ManualClock::ManualClock(Sleep sleep)
    : ManualClock(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1), sleep) {}

Timestamp ManualClock::now() {
  return std::chrono::floor<std::chrono::seconds>(start_ + elapsed());
}

SteadyTime ManualClock::steady_now() {
  const std::lock_guard lock(mutex_);
  return SteadyTime(elapsed_);
}

void ManualClock::sleep_until(SteadyTime time, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  if (stop.stop_requested()) return;
  if (sleep_ == Sleep::kJumps) {
    elapsed_ = std::max(elapsed_, time.time_since_epoch());
    return;
  }
  const auto self = sleeping_until_.insert(time);
  changed_.notify_all();
  changed_.wait(lock, stop, [&] { return elapsed_ >= time.time_since_epoch(); });
  sleeping_until_.erase(self);
}

void ManualClock::advance(std::chrono::milliseconds by) {
  const std::lock_guard lock(mutex_);
  elapsed_ += by;
  changed_.notify_all();
}

void ManualClock::wait_for_sleepers(std::size_t count, std::chrono::milliseconds within) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] {
    const auto first = sleeping_until_.upper_bound(SteadyTime(elapsed_));
    const auto last = sleeping_until_.upper_bound(SteadyTime(elapsed_ + within));
    return static_cast<std::size_t>(std::distance(first, last)) >= count;
  });
}

std::chrono::milliseconds ManualClock::elapsed() {
  const std::lock_guard lock(mutex_);
  return std::chrono::floor<std::chrono::milliseconds>(elapsed_);
}

}  // namespace sealift::test
