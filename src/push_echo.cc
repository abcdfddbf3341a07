#include "push_echo.h"

#include <utility>

namespace sealift::program {

PushEcho::PushEcho(Clock& clock, std::function<void(const endpoints::Push&)> on_push)
    : clock_(clock),
      on_push_(std::move(on_push)),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

PushEcho::~PushEcho() {
  thread_.request_stop();
  thread_.join();
}

void PushEcho::hear(const endpoints::Push& push) {
  on_push_(push);
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.push == push; });
    if (waiting_.size() >= kMaxWaiting) return;
    waiting_.push_back({clock_.steady_now() + kDelay, push});
  }
  heard_.notify_one();
}

void PushEcho::run(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (heard_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
    const Waiting next = waiting_.front();
    const bool is_due = clock_.steady_now() >= next.due;
    if (is_due) waiting_.pop_front();
    lock.unlock();
    if (is_due) {
      on_push_(next.push);
    } else {
      clock_.sleep_until(next.due, stop);
    }
    lock.lock();
    if (stop.stop_requested()) return;
  }
}

}  // namespace sealift::program
