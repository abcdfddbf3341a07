#include <sealift/kube/retry_policy.h>

#include <gtest/gtest.h>

namespace sealift::kube {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Case {
  const char* name;
  FailedAttempt attempt;
  std::optional<milliseconds> expected;  // with chance 1
};

class RetryDelay : public testing::TestWithParam<Case> {};

TEST_P(RetryDelay, Decides) { EXPECT_EQ(retry_delay(GetParam().attempt, 1), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Table, RetryDelay,
    testing::Values(Case{"TooManyRequests", {1, "GET", 429, {}}, milliseconds(250)},
                    Case{"TooManyRequestsOnPost", {1, "POST", 429, {}}, milliseconds(250)},
                    Case{"UnavailableOnPost", {1, "POST", 503, {}}, milliseconds(250)},
                    Case{"InternalError", {1, "PATCH", 500, {}}, milliseconds(250)},
                    Case{"InternalErrorOnPost", {1, "POST", 500, {}}, std::nullopt},
                    Case{"BadGateway", {1, "DELETE", 502, {}}, milliseconds(250)},
                    Case{"GatewayTimeout", {1, "GET", 504, {}}, milliseconds(250)},
                    Case{"NotImplemented", {1, "GET", 501, {}}, std::nullopt},
                    Case{"Forbidden", {1, "GET", 403, {}}, std::nullopt},
                    Case{"LostConnection", {1, "PATCH", std::nullopt, {}}, milliseconds(250)},
                    Case{"LostConnectionOnPost", {1, "POST", std::nullopt, {}}, std::nullopt},
                    Case{"WaitsGrow", {3, "GET", 503, {}}, milliseconds(1000)},
                    Case{"LastAttempt", {kMaxAttempts, "GET", 503, {}}, std::nullopt},
                    Case{"ServerAsksForMore", {1, "GET", 429, seconds(3)}, milliseconds(3000)},
                    Case{"ServerAsksForLess", {4, "GET", 429, seconds(1)}, milliseconds(2000)},
                    Case{"ServerAsksForTooMuch", {1, "GET", 429, seconds(31)}, std::nullopt}),
    [](const auto& tested) { return tested.param.name; });

TEST(RetryDelay, ChancePicksFromTheUpperHalf) {
  const FailedAttempt attempt{2, "GET", 503, {}};
  EXPECT_EQ(retry_delay(attempt, 0), milliseconds(250));
  EXPECT_EQ(retry_delay(attempt, 0.5), milliseconds(375));
  EXPECT_EQ(retry_delay(attempt, 1), milliseconds(500));
}

TEST(ParseRetryAfter, TakesSecondsAlone) {
  const auto parse = [](const char* value) {
    HttpHeaders headers;
    headers.add("retry-after", value);
    return parse_retry_after(headers);
  };
  EXPECT_EQ(parse("7"), seconds(7));
  EXPECT_EQ(parse("0"), seconds(0));
  EXPECT_EQ(parse(""), std::nullopt);
  EXPECT_EQ(parse("-1"), std::nullopt);
  EXPECT_EQ(parse("7x"), std::nullopt);
  EXPECT_EQ(parse("99999999999999999999"), std::nullopt);
  EXPECT_EQ(parse("Wed, 21 Oct 2026 07:28:00 GMT"), std::nullopt);
  EXPECT_EQ(parse_retry_after({}), std::nullopt);
}

}  // namespace
}  // namespace sealift::kube
