#include <sealift/base/clock.h>

#include <condition_variable>
#include <mutex>

namespace sealift {
namespace {

class SystemClock : public Clock {
 public:
  Timestamp now() override {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  }

  SteadyTime steady_now() override { return std::chrono::steady_clock::now(); }

  void sleep_until(SteadyTime time, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_until(lock, stop, time, [] { return false; });
  }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace sealift
