#pragma once

#include <sealift/base/clock.h>

#include <chrono>
#include <functional>
#include <stop_token>
#include <thread>

namespace sealift::console {

// A token that stops when `stop` does or when the time has passed, whichever comes first.
class StopAfter {
 public:
  // `clock` must outlive it.
  StopAfter(std::chrono::milliseconds time, Clock& clock, std::stop_token stop);
  StopAfter(const StopAfter&) = delete;
  StopAfter& operator=(const StopAfter&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  // The time has passed, and nobody asked for a stop before.
  bool expired() const { return source_.stop_requested() && !asked_.stop_requested(); }

 private:
  std::stop_token asked_;
  std::stop_source source_;
  std::stop_callback<std::function<void()>> forward_;
  std::jthread timer_;
};

}  // namespace sealift::console
