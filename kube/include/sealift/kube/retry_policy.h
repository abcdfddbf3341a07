#pragma once

#include <sealift/base/http.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sealift::kube {

// One request that did not succeed.
struct FailedAttempt {
  std::uint32_t number = 1;  // this was attempt 1, 2, …
  std::string_view method;
  // Nullopt: no whole answer arrived, so the server may or may not have acted.
  std::optional<int> status;
  std::optional<std::chrono::seconds> retry_after;
};

inline constexpr std::uint32_t kMaxAttempts = 5;
// A server that asks for a longer pause gets an error instead: the caller plans by retry_after().
inline constexpr std::chrono::seconds kLongestRetryAfter{30};

// How long to wait before the next attempt, or nullopt where the failure is final. 429, 500, 502,
// 503, 504 and lost connections are worth another attempt; a POST only after 429 and 503, which say
// that nothing was done, because a second POST is a second object. `chance` in [0, 1] is jitter.
std::optional<std::chrono::milliseconds> retry_delay(const FailedAttempt& attempt, double chance);

// Retry-After in seconds (RFC 9110, section 10.2.3); the API server never sends the date form,
// which is read as absent.
std::optional<std::chrono::seconds> parse_retry_after(const HttpHeaders& headers);

}  // namespace sealift::kube
