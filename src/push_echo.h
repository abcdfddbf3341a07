#pragma once

#include <sealift/base/clock.h>
#include <sealift/endpoints/webhook_content.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace sealift::program {

// Looks twice at what a registry was told of: at once, and a little later. CNCF distribution calls
// before the tag is in its place, and an artifact's signature may follow it; whoever looked in
// between would not look again before the interval ends. While nothing is pushed, it does nothing.
class PushEcho {
 public:
  static constexpr std::chrono::seconds kDelay{2};
  // Of pushes that wait for their second look; more are looked at once alone.
  static constexpr std::size_t kMaxWaiting = 1'000;

  // `clock` must outlive this; `on_push` is called from the threads that hear(), and from one of
  // this.
  PushEcho(Clock& clock, std::function<void(const endpoints::Push&)> on_push);
  ~PushEcho();

  // From any thread. Of the same push again, the last counts.
  void hear(const endpoints::Push& push);

 private:
  struct Waiting {
    SteadyTime due;
    endpoints::Push push;
  };
  void run(std::stop_token stop);

  Clock& clock_;
  const std::function<void(const endpoints::Push&)> on_push_;
  std::mutex mutex_;
  std::deque<Waiting> waiting_;  // the first one due first
  std::condition_variable_any heard_;
  std::jthread thread_;
};

}  // namespace sealift::program
