#include "heap_trimmer.h"

#include <utility>

namespace sealift::program {

HeapTrimmer::HeapTrimmer(Clock& clock, std::function<void()> trim)
    : clock_(clock),
      trim_(std::move(trim)),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

HeapTrimmer::~HeapTrimmer() {
  thread_.request_stop();
  thread_.join();
}

void HeapTrimmer::note_work() {
  {
    const std::lock_guard lock(mutex_);
    last_work_ = clock_.steady_now();
    if (std::exchange(is_due_, true)) return;
  }
  came_due_.notify_one();
}

void HeapTrimmer::run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (came_due_.wait(lock, stop, [this] { return is_due_; })) {
    const auto rested = last_work_ + kRest;
    const bool rests = clock_.steady_now() >= rested;
    if (rests) is_due_ = false;
    lock.unlock();
    if (rests) {
      trim_();
    } else {
      clock_.sleep_until(rested, stop);
    }
    lock.lock();
    if (stop.stop_requested()) return;
  }
}

}  // namespace sealift::program
