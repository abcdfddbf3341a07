#include <sealift/puller/puller.h>

#include <gtest/gtest.h>

#include <optional>

#include "unit/delivery/sample_delivery.h"

namespace sealift::puller {
namespace {

using namespace std::chrono_literals;
using Kind = RunOutcome::Kind;

RunOutcome outcome_of(Kind kind, std::optional<std::chrono::seconds> retry_after = std::nullopt) {
  RunOutcome outcome;
  outcome.kind = kind;
  if (kind != Kind::kRefused && kind != Kind::kFailed) return outcome;
  outcome.error = Error(ErrorCode::kUnavailable, "away");
  if (retry_after) outcome.error = Error(*outcome.error).with_retry_after(*retry_after);
  return outcome;
}

TEST(TimeUntilNextRun, FollowsTheOutcome) {
  auto delivery = delivery::test::make_delivery();
  delivery.interval = 10min;
  delivery.retry_interval = 1min;
  const struct {
    const char* name;
    RunOutcome outcome;
    std::chrono::milliseconds wait;
  } kCases[] = {
      {"delivered", outcome_of(Kind::kDelivered), 10min},
      {"unchanged", outcome_of(Kind::kUnchanged), 10min},
      {"suspended", outcome_of(Kind::kSuspended), 10min},
      {"refused", outcome_of(Kind::kRefused), 1min},
      {"failed", outcome_of(Kind::kFailed), 1min},
      {"a server asks for less", outcome_of(Kind::kFailed, 5s), 1min},
      {"a server asks for more", outcome_of(Kind::kFailed, 120s), 2min},
      {"a server asks for a century", outcome_of(Kind::kFailed, 4'294'967'295s), 1h},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(time_until_next_run(delivery, test.outcome, 1, 0), test.wait) << test.name;
    const auto most = time_until_next_run(delivery, test.outcome, 1, 255);
    EXPECT_GT(most, test.wait) << test.name;
    EXPECT_LE(most, test.wait + test.wait / 10) << test.name;
  }
}

}  // namespace
}  // namespace sealift::puller
