#pragma once

#include <sealift/base/clock.h>

#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::controller {

// Keys that are due at their times, for the threads that work them off. Safe from many threads.
class DueQueue {
 public:
  explicit DueQueue(Clock& clock) : clock_(clock) {}

  // Of two times for one key the earlier counts.
  void put(const std::string& key, SteadyTime due);
  // Waits until a key is due and takes it out, the earliest first; nullopt when stopped.
  std::optional<std::string> take(std::stop_token stop);

 private:
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, SteadyTime> due_;
  std::stop_source earlier_;  // requested when whoever waits has to look again
};

}  // namespace sealift::controller
