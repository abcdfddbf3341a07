#pragma once

#include <sealift/base/clock.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace sealift::program {

// Gives what a burst of work has freed back to the system once it is over: the allocator keeps it
// otherwise, and a puller at rest would stay as large as it ever was. While nothing is worked at,
// it does nothing.
class HeapTrimmer {
 public:
  static constexpr std::chrono::seconds kRest{10};

  // `clock` must outlive this; `trim` is called from a thread of this.
  HeapTrimmer(Clock& clock, std::function<void()> trim);
  ~HeapTrimmer();

  // Something was done. Trims once nothing more was for kRest. From any thread.
  void note_work();

 private:
  void run(std::stop_token stop);

  Clock& clock_;
  const std::function<void()> trim_;
  std::mutex mutex_;
  SteadyTime last_work_{};
  bool is_due_ = false;
  std::condition_variable_any came_due_;
  std::jthread thread_;
};

}  // namespace sealift::program
