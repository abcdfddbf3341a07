#include "repeat_filter.h"

#include <gtest/gtest.h>

#include "sample_notification.h"

namespace sealift::notify {
namespace {

using std::chrono::seconds;
using test::sample;

TEST(RepeatFilter, HoldsBackTheSameUntilTheIntervalHasPassed) {
  RepeatFilter filter(seconds(60));
  const SteadyTime start{};
  EXPECT_EQ(filter.admit(sample(), start), 0u);
  auto other_words = sample();
  other_words.message = "no signature counts, still";
  EXPECT_EQ(filter.admit(other_words, start + seconds(30)), std::nullopt);
  EXPECT_EQ(filter.admit(sample(), start + seconds(59)), std::nullopt);
  EXPECT_EQ(filter.admit(sample(), start + seconds(60)), 2u);
  EXPECT_EQ(filter.admit(sample(), start + seconds(61)), std::nullopt);
}

TEST(RepeatFilter, AdmitsEveryChange) {
  RepeatFilter filter(seconds(60));
  const SteadyTime now{};
  EXPECT_EQ(filter.admit(sample(), now), 0u);
  EXPECT_EQ(filter.admit(sample("api"), now), 0u);
  EXPECT_EQ(filter.admit(sample(), now), std::nullopt);
  EXPECT_EQ(filter.admit(sample("web", Severity::kInfo, "Delivered"), now), 0u);
  EXPECT_EQ(filter.admit(sample(), now), 0u) << "it was good in between";
  auto next = sample();
  next.digest = "sha256:other";
  EXPECT_EQ(filter.admit(next, now), 0u);
}

TEST(RepeatFilter, ForgetsThoseThatWereSilentLongest) {
  RepeatFilter filter(seconds(1'000'000));
  SteadyTime now{};
  for (int i = 0; i < 10'001; ++i) {
    EXPECT_EQ(filter.admit(sample(std::to_string(i)), now += seconds(1)), 0u);
  }
  EXPECT_EQ(filter.admit(sample("1"), now), std::nullopt);
  EXPECT_EQ(filter.admit(sample("0"), now), 0u);
}

}  // namespace
}  // namespace sealift::notify
