#pragma once

#include <sealift/base/clock.h>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>

namespace sealift::puller {

// A stop token that is requested when time runs out or when an outer one is.
class RunDeadline {
 public:
  RunDeadline(Clock& clock, std::chrono::milliseconds after, std::stop_token outer);
  ~RunDeadline();

  std::stop_token token() const { return source_.get_token(); }
  // True once the time ran out, as opposed to the outer token.
  bool expired() const { return expired_.load(); }

 private:
  struct Forward {
    std::stop_source source;
    void operator()() { source.request_stop(); }
  };
  std::stop_source source_;
  std::atomic<bool> expired_{false};
  std::stop_callback<Forward> outer_;
  std::jthread timer_;
};

}  // namespace sealift::puller
