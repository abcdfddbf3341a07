#pragma once

#include <sealift/base/clock.h>
#include <sealift/notify/notification.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace sealift::notify {

// Lets a Delivery say the same once: what is tried again every minute is not news every minute. The
// same is the same reason, severity and artifact as the last time; after the interval it is news
// again. Bounded: of more than 10,000 Deliveries, those that were silent longest are forgotten.
class RepeatFilter {
 public:
  explicit RepeatFilter(std::chrono::seconds interval) : interval_(interval) {}

  // Nullopt for a repetition; otherwise how many of them were held back since the last time.
  std::optional<std::uint64_t> admit(const Notification& notification, SteadyTime now);

 private:
  struct Last {
    std::string said;
    SteadyTime time;
    std::uint64_t held_back = 0;
  };
  void forget_oldest();

  std::chrono::seconds interval_;
  std::map<std::string, Last> last_;  // by Delivery
};

}  // namespace sealift::notify
