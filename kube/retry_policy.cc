#include <sealift/base/backoff.h>
#include <sealift/kube/retry_policy.h>

#include <algorithm>
#include <charconv>

namespace sealift::kube {
namespace {

bool worth_another_attempt(const FailedAttempt& attempt) {
  const bool repeatable = attempt.method != "POST";
  if (!attempt.status) return repeatable;
  switch (*attempt.status) {
    case 429:
    case 503:
      return true;
    case 500:
    case 502:
    case 504:
      return repeatable;
    default:
      return false;
  }
}

}  // namespace

std::optional<std::chrono::milliseconds> retry_delay(const FailedAttempt& attempt, double chance) {
  if (attempt.number >= kMaxAttempts || !worth_another_attempt(attempt)) return std::nullopt;
  constexpr Backoff kBackoff{std::chrono::milliseconds(250), std::chrono::milliseconds(8'000)};
  const auto own = kBackoff.delay(attempt.number, chance);
  if (!attempt.retry_after) return own;
  if (*attempt.retry_after > kLongestRetryAfter) return std::nullopt;
  return std::max<std::chrono::milliseconds>(own, *attempt.retry_after);
}

std::optional<std::chrono::seconds> parse_retry_after(const HttpHeaders& headers) {
  const auto text = headers.get("Retry-After");
  if (!text) return std::nullopt;
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace sealift::kube
