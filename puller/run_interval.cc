#include <sealift/puller/puller.h>

#include <algorithm>

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

// A server may ask for time, and not for an application to be forgotten.
constexpr std::chrono::seconds kLongestRetryAfter = std::chrono::hours(1);
constexpr unsigned kMostDoublings = 16;

bool went_well(const RunOutcome& outcome) {
  return outcome.kind == Kind::kDelivered || outcome.kind == Kind::kUnchanged ||
         outcome.kind == Kind::kSuspended || outcome.kind == Kind::kRemoved;
}

}  // namespace

std::chrono::milliseconds time_until_next_run(const delivery::Delivery& delivery,
                                              const RunOutcome& outcome, unsigned failures,
                                              unsigned char chance) {
  auto wait = delivery.interval;
  if (!went_well(outcome)) {
    wait = delivery.retry_interval;
    const auto most = std::max(delivery.retry_interval, delivery.interval);
    const auto doublings = std::min(failures > 0 ? failures - 1 : 0, kMostDoublings);
    wait = std::min(most, wait * (std::int64_t{1} << doublings));
  }
  if (outcome.error && outcome.error->retry_after()) {
    const auto asked = std::min(*outcome.error->retry_after(), kLongestRetryAfter);
    wait = std::max(wait, std::chrono::milliseconds(asked));
  }
  return wait + wait * chance / 2560;
}

}  // namespace sealift::puller
