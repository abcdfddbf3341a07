#pragma once

#include <sealift/base/clock.h>

#include <chrono>
#include <functional>
#include <thread>

namespace sealift::roots {

// Trust folders are looked at this often: they are a few files of some KiB, and a cluster takes a
// minute to show a changed ConfigMap.
inline constexpr std::chrono::seconds kBetweenLooks{10};

// Looks from time to time on a thread of its own, for as long as it lives.
class RootWatch {
 public:
  // `look` is called on that thread. The clock must outlive the watch.
  RootWatch(Clock& clock, std::function<void()> look);

 private:
  std::jthread thread_;
};

}  // namespace sealift::roots
