#include "due_queue.h"

#include <algorithm>
#include <chrono>

namespace sealift::controller {

void DueQueue::put(const std::string& key, SteadyTime due) {
  std::stop_source woken;
  {
    std::scoped_lock lock(mutex_);
    const auto [entry, added] = due_.emplace(key, due);
    if (!added && entry->second <= due) return;
    entry->second = due;
    woken = std::exchange(earlier_, std::stop_source());
  }
  woken.request_stop();
}

std::optional<std::string> DueQueue::take(std::stop_token stop) {
  while (!stop.stop_requested()) {
    // Long enough to be no load, and not so long that a clock could not count it.
    SteadyTime until = clock_.steady_now() + std::chrono::hours(1);
    std::stop_token earlier;
    std::stop_source wake;
    {
      std::scoped_lock lock(mutex_);
      const auto first = std::min_element(
          due_.begin(), due_.end(),
          [](const auto& left, const auto& right) { return left.second < right.second; });
      if (first != due_.end() && first->second <= clock_.steady_now()) {
        return due_.extract(first).key();
      }
      if (first != due_.end()) until = std::min(until, first->second);
      earlier = earlier_.get_token();
    }
    const std::stop_callback on_earlier(earlier, [&] { wake.request_stop(); });
    const std::stop_callback on_stop(stop, [&] { wake.request_stop(); });
    clock_.sleep_until(until, wake.get_token());
  }
  return std::nullopt;
}

}  // namespace sealift::controller
