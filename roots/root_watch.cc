#include <sealift/roots/root_watch.h>

#include <stop_token>
#include <utility>

namespace sealift::roots {

RootWatch::RootWatch(Clock& clock, std::function<void()> look)
    : thread_([&clock, look = std::move(look)](std::stop_token stop) {
        while (!stop.stop_requested()) {
          clock.sleep_until(clock.steady_now() + kBetweenLooks, stop);
          if (!stop.stop_requested()) look();
        }
      }) {}

}  // namespace sealift::roots
