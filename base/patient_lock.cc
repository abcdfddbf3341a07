#include <sealift/base/encoding.h>
#include <sealift/base/patient_lock.h>

namespace sealift {
namespace {

constexpr std::chrono::milliseconds kPoll{20};

}  // namespace

Result<std::shared_ptr<void>> lock_patiently(FileSystem& files, const std::string& path,
                                             Clock& clock, std::chrono::seconds patience,
                                             const std::stop_token& stop) {
  const SteadyTime end = clock.steady_now() + patience;
  while (true) {
    auto held = files.lock(path);
    if (held || held.error().code() != ErrorCode::kUnavailable) return held;
    if (stop.stop_requested()) {
      return fail(ErrorCode::kCancelled,
                  "stopped while waiting for the lock " + printable(path, 400));
    }
    if (clock.steady_now() >= end) {
      return fail(std::move(held).error().with_context("waited " +
                                                       std::to_string(patience.count()) + " s"));
    }
    clock.sleep_until(clock.steady_now() + kPoll, stop);
  }
}

}  // namespace sealift
