#include "lane_turns.h"

#include <sealift/base/backoff.h>

#include <algorithm>

namespace sealift::notify {
namespace {

using std::chrono::milliseconds;

constexpr Backoff kBackoff{.initial = milliseconds(1'000), .maximum = milliseconds(300'000)};
constexpr std::chrono::seconds kLongestRetryAfter{3600};

}  // namespace

std::optional<std::string> LaneTurns::choose(const std::vector<std::string>& lanes,
                                             SteadyTime now) const {
  if (now < all_wait_until_) return std::nullopt;
  const auto behind = std::upper_bound(lanes.begin(), lanes.end(), last_) - lanes.begin();
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const auto& lane = lanes[(static_cast<std::size_t>(behind) + i) % lanes.size()];
    const auto failing = failing_.find(lane);
    if (failing == failing_.end() || now >= failing->second.until) return lane;
  }
  return std::nullopt;
}

std::optional<SteadyTime> LaneTurns::next_time(const std::vector<std::string>& lanes) const {
  std::optional<SteadyTime> first;
  for (const auto& lane : lanes) {
    const auto failing = failing_.find(lane);
    auto time = all_wait_until_;
    if (failing != failing_.end()) time = std::max(time, failing->second.until);
    if (!first || time < *first) first = time;
  }
  return first;
}

bool LaneTurns::succeeded(const std::string& lane) {
  last_ = lane;
  failed_since_success_.clear();
  return failing_.erase(lane) > 0;
}

bool LaneTurns::failed(const std::string& lane, SteadyTime now, double chance,
                       std::optional<std::chrono::seconds> retry_after) {
  last_ = lane;
  auto& failing = failing_[lane];
  failing.until = now + kBackoff.delay(++failing.failures, chance);
  // Lanes, not failures: one that fails again and again tells nothing about the receiver.
  failed_since_success_.insert(lane);
  if (const auto others = failed_since_success_.size() - 1; others > 0) {
    all_wait_until_ = now + kBackoff.delay(static_cast<std::uint32_t>(others), chance);
  }
  if (retry_after) {
    all_wait_until_ =
        std::max<SteadyTime>(all_wait_until_, now + std::min(*retry_after, kLongestRetryAfter));
  }
  return failing.failures == 1;
}

}  // namespace sealift::notify
