#include "retry.h"

#include <algorithm>

namespace sealift::oci {

using std::chrono::milliseconds;

bool is_retryable(const AttemptOutcome& outcome) {
  if (outcome.error) return *outcome.error == ErrorCode::kUnavailable;
  const int status = outcome.status;
  if (status == 408 || status == 429 || status == 499) return true;
  return status >= 500 && status <= 599 && status != 501 && status != 505;
}

std::optional<milliseconds> wait_before_retry(const RetryPolicy& policy,
                                              const AttemptOutcome& outcome, int attempts_made,
                                              double chance) {
  if (!is_retryable(outcome) || attempts_made >= policy.max_attempts) return std::nullopt;
  const milliseconds wait = policy.backoff.delay(static_cast<std::uint32_t>(attempts_made), chance);
  if (!outcome.retry_after) return wait;
  return std::max<milliseconds>(wait, std::min(*outcome.retry_after, policy.longest_retry_after));
}

bool RetryTimer::wait_after(const AttemptOutcome& outcome, std::stop_token stop) {
  ++attempts_;
  const auto wait = wait_before_retry(policy_, outcome, attempts_, random_fraction(random_));
  if (!wait || stop.stop_requested()) return false;
  clock_.sleep_until(clock_.steady_now() + *wait, stop);
  return !stop.stop_requested();
}

}  // namespace sealift::oci
