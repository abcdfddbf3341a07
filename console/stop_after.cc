#include <sealift/console/stop_after.h>

#include <utility>

namespace sealift::console {

StopAfter::StopAfter(std::chrono::milliseconds time, Clock& clock, std::stop_token stop)
    : asked_(std::move(stop)),
      forward_(asked_, [this] { source_.request_stop(); }),
      timer_([this, &clock, end = clock.steady_now() + time](const std::stop_token& ended) {
        clock.sleep_until(end, ended);
        if (!ended.stop_requested()) source_.request_stop();
      }) {}

}  // namespace sealift::console
