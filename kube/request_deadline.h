#pragma once

#include <sealift/base/clock.h>

#include <stop_token>
#include <thread>
#include <utility>

namespace sealift::kube {

// A stop token that is requested at a time, or when an outer one is.
class RequestDeadline {
 public:
  RequestDeadline(Clock& clock, SteadyTime end, std::stop_token outer)
      : outer_(std::move(outer), Forward{source_}),
        timer_([source = source_, &clock, end](std::stop_token done) mutable {
          clock.sleep_until(end, done);
          if (!done.stop_requested()) source.request_stop();
        }) {}

  std::stop_token token() const { return source_.get_token(); }

 private:
  struct Forward {
    std::stop_source source;
    void operator()() { source.request_stop(); }
  };
  std::stop_source source_;
  std::stop_callback<Forward> outer_;
  std::jthread timer_;
};

}  // namespace sealift::kube
