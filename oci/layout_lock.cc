#include "layout_lock.h"

#include <sealift/base/encoding.h>

#include <chrono>

namespace sealift::oci {
namespace {

constexpr auto kLockWait = std::chrono::seconds(30);
constexpr auto kLockPoll = std::chrono::milliseconds(20);

}  // namespace

Result<std::shared_ptr<void>> lock_layout(const std::string& directory, FileSystem& files,
                                          Clock& clock, std::stop_token stop) {
  const std::string path = join_path(directory, kLayoutLockFile);
  const SteadyTime deadline = clock.steady_now() + kLockWait;
  while (true) {
    auto held = files.lock(path);
    if (held || held.error().code() != ErrorCode::kUnavailable) return held;
    if (stop.stop_requested()) {
      return fail(ErrorCode::kCancelled, "stopped while waiting for the lock " + printable(path));
    }
    if (clock.steady_now() >= deadline) {
      return fail(std::move(held).error().with_context("waited 30 s"));
    }
    clock.sleep_until(clock.steady_now() + kLockPoll, stop);
  }
}

}  // namespace sealift::oci
