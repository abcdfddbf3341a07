#pragma once

#include <sealift/base/clock.h>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <set>

namespace sealift::test {

// Time that moves when the test says so. Safe from many threads.
class ManualClock : public Clock {
 public:
  enum class Sleep {
    kBlocks,  // until advance() reaches the time
    kJumps,   // sleeping moves the time on by itself: for code that waits between retries
  };

  // Begins at 2026-01-01T00:00:00Z.
  explicit ManualClock(Sleep sleep = Sleep::kBlocks);
  ManualClock(Timestamp start, Sleep sleep) : sleep_(sleep), start_(start) {}

  Timestamp now() override;
  SteadyTime steady_now() override;
  void sleep_until(SteadyTime time, std::stop_token stop) override;

  void advance(std::chrono::milliseconds by);
  // Returns when that many threads are in sleep_until() that end later than now and no later than
  // in `within`. A timer without deadlines sleeps too, for an hour: who waits for a deadline says
  // when it is.
  void wait_for_sleepers(std::size_t count,
                         std::chrono::milliseconds within = std::chrono::hours(24 * 365));
  // How much time has passed since the start.
  std::chrono::milliseconds elapsed();

 private:
  Sleep sleep_;
  Timestamp start_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::chrono::steady_clock::duration elapsed_{};
  std::multiset<SteadyTime> sleeping_until_;
};

}  // namespace sealift::test
