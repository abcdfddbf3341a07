#pragma once

#include <sealift/base/backoff.h>
#include <sealift/base/clock.h>
#include <sealift/base/error.h>
#include <sealift/base/random.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>

namespace sealift::oci {

// A broken transfer that has come this many bytes further is not the same failure again: it may be
// broken as often as it takes. transfer_deadline() allows for no less in a second.
inline constexpr std::uint64_t kLeastProgress = 16u << 10;

struct RetryPolicy {
  int max_attempts = 4;  // with the first one
  Backoff backoff{std::chrono::milliseconds(300), std::chrono::milliseconds(10'000)};
  // What a server may ask for. It is waited for no longer than this, then tried all the same.
  std::chrono::seconds longest_retry_after{60};
};

// How an attempt ended: without an answer, or with one.
struct AttemptOutcome {
  std::optional<ErrorCode> error;  // nullopt: there was an answer
  int status = 0;
  std::optional<std::chrono::seconds> retry_after;
};

// True for what another attempt may mend: broken connections, and the statuses 408, 429, 499 and
// 5xx other than 501 and 505, which say that the server never will.
bool is_retryable(const AttemptOutcome& outcome);

// How long to wait before the next attempt, or nullopt to give up. Waits double with each attempt;
// `chance` in [0, 1) picks a time in the upper half of each, so that clients that failed together
// do not come back together. Retry-After wins where it asks for more.
std::optional<std::chrono::milliseconds> wait_before_retry(const RetryPolicy& policy,
                                                           const AttemptOutcome& outcome,
                                                           int attempts_made, double chance);

// Counts the attempts of one piece of work and sleeps between them.
class RetryTimer {
 public:
  RetryTimer(const RetryPolicy& policy, Clock& clock, Random& random)
      : policy_(policy), clock_(clock), random_(random) {}

  // Sleeps and returns true where another attempt is due.
  bool wait_after(const AttemptOutcome& outcome, std::stop_token stop);
  // The work has advanced: attempts count from here.
  void start_over() { attempts_ = 0; }

 private:
  RetryPolicy policy_;
  Clock& clock_;
  Random& random_;
  int attempts_ = 0;
};

}  // namespace sealift::oci
