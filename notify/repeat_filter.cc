#include "repeat_filter.h"

#include <algorithm>
#include <utility>

namespace sealift::notify {
namespace {
constexpr std::size_t kMaxDeliveries = 10'000;
}  // namespace

std::optional<std::uint64_t> RepeatFilter::admit(const Notification& notification, SteadyTime now) {
  std::string said = notification.reason + "\n";
  said += to_string(notification.severity);
  said += "\n" + notification.digest;
  const auto delivery = notification.delivery();
  const auto known = last_.find(delivery);
  if (known == last_.end()) {
    if (last_.size() >= kMaxDeliveries) forget_oldest();
    last_.emplace(delivery, Last{std::move(said), now, 0});
    return 0;
  }
  auto& last = known->second;
  if (last.said == said && now - last.time < interval_) {
    ++last.held_back;
    return std::nullopt;
  }
  const auto held_back = last.said == said ? last.held_back : 0;
  last = Last{std::move(said), now, 0};
  return held_back;
}

void RepeatFilter::forget_oldest() {
  last_.erase(std::min_element(last_.begin(), last_.end(), [](const auto& a, const auto& b) {
    return a.second.time < b.second.time;
  }));
}

}  // namespace sealift::notify
