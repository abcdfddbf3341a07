#include "step_turns.h"

#include <algorithm>
#include <chrono>

namespace sealift::puller {
namespace {

constexpr std::chrono::milliseconds kLeastIdle{1};

}  // namespace

void StepTurns::add(const std::string& id, SteadyTime due) {
  queue_.add(id, due, clock_.steady_now());
  changed_.notify_one();
  times_changed_.notify_one();
}

void StepTurns::look_again() {
  changed_.notify_all();
  times_changed_.notify_all();
}

std::optional<std::string> StepTurns::take(std::unique_lock<std::mutex>& lock,
                                           const std::stop_token& stop,
                                           const std::function<bool()>& is_over) {
  while (!stop.stop_requested() && !is_over()) {
    if (auto id = queue_.take(clock_.steady_now())) {
      // Several may have become due at one time, which wakes one thread.
      if (queue_.ready() > 0) changed_.notify_one();
      return id;
    }
    idle(lock, stop, is_over);
  }
  return std::nullopt;
}

void StepTurns::idle(std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
                     const std::function<bool()>& is_over) {
  const auto has_work = [&] { return queue_.ready() > 0 || is_over(); };
  const auto due = queue_.next_due();
  if (!due || has_timekeeper_) {
    changed_.wait(lock, stop, [&] {
      return has_work() || (!has_timekeeper_ && queue_.next_due().has_value());
    });
    return;
  }
  has_timekeeper_ = true;
  // Another clock than the machine's may be behind it: then this asks again and again.
  const auto until = std::max(*due, std::chrono::steady_clock::now() + kLeastIdle);
  times_changed_.wait_until(lock, stop, until,
                            [&] { return has_work() || queue_.next_due() != due; });
  has_timekeeper_ = false;
  // Somebody else keeps the time while this thread works.
  changed_.notify_one();
}

}  // namespace sealift::puller
