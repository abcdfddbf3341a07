#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include <sealift/base/clock.h>
#include <sealift/base/duration.h>

#include <gtest/gtest.h>

#include <future>

namespace sealift {
namespace {

using std::chrono::milliseconds;
using test::fails_with;

TEST(Timestamp, FormatsAndParsesUtc) {
  for (const char* text :
       {"2026-11-22T14:43:54Z", "1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z",
        "2024-02-29T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"}) {
    ASSERT_OK_ASSIGN(const auto time, parse_timestamp(text));
    EXPECT_EQ(format_timestamp(time), text);
  }
  EXPECT_EQ(parse_timestamp("1970-01-01T00:00:01Z")->time_since_epoch().count(), 1);
}

TEST(Timestamp, OffsetsAndFractions) {
  for (const char* text :
       {"2026-11-22T16:43:54+02:00", "2026-11-22T14:43:54.999999999Z", "2026-11-22t14:43:54z",
        "2026-11-21T22:13:54-16:30", "2026-11-22T14:43:54-00:00"}) {
    EXPECT_EQ(format_timestamp(*parse_timestamp(text)), "2026-11-22T14:43:54Z") << text;
  }
}

TEST(Timestamp, RefusesEverythingElse) {
  for (const char* text :
       {"", "2026-11-22", "2026-11-22T14:43:54", "2026-11-22 14:43:54Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00.Z",
        "2026-01-01T00:00:00+1:00", "+026-01-01T00:00:00Z", "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00Zx", "1e06-01-01T00:00:00Z"}) {
    EXPECT_THAT(parse_timestamp(text), fails_with(ErrorCode::kInvalidInput, "RFC 3339")) << text;
  }
}

TEST(Duration, ParsesGoNotation) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"0", 0},           {"0s", 0},       {"90s", 90'000},    {"1h30m", 5'400'000},
      {"500ms", 500},     {"1.5s", 1'500}, {"1m0.5s", 60'500}, {"+5s", 5'000},
      {".5h", 1'800'000}, {"1.s", 1'000},  {"1500us", 1},      {"1500µs", 1},
      {"1000000ns", 1},   {"1s1s", 2'000}, {"0.0000005h", 1},  {"876000h", 3'153'600'000'000}};
  for (const auto& [text, expected] : cases) {
    const auto duration = parse_duration(text);
    ASSERT_THAT(duration, test::is_ok()) << text;
    EXPECT_EQ(duration->count(), expected) << text;
  }
}

TEST(Duration, RefusesEverythingElse) {
  const std::pair<const char*, const char*> cases[] = {{"", "write it as"},
                                                       {"5", "write it as"},
                                                       {"s", "write it as"},
                                                       {".s", "write it as"},
                                                       {"5 s", "write it as"},
                                                       {"1d", "write it as"},
                                                       {"1h ", "write it as"},
                                                       {"+", "write it as"},
                                                       {"-5s", "must not be negative"},
                                                       {"1ns", "shorter than 1ms"},
                                                       {"0.5ms", "shorter"},
                                                       {"876001h", "100 years"},
                                                       {"99999999999999999999s", "100 years"},
                                                       {"876000h876000h", "100 years"}};
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(parse_duration(text), fails_with(ErrorCode::kInvalidInput, message)) << text;
  }
}

TEST(Duration, FormatsShortestForm) {
  const std::pair<std::int64_t, const char*> cases[] = {{0, "0s"},
                                                        {250, "250ms"},
                                                        {1'500, "1.5s"},
                                                        {90'000, "1m30s"},
                                                        {5'400'000, "1h30m"},
                                                        {3'600'000, "1h"},
                                                        {3'600'001, "1h0.001s"},
                                                        {60'050, "1m0.05s"}};
  for (const auto& [count, text] : cases) {
    EXPECT_EQ(format_duration(milliseconds(count)), text);
    EXPECT_EQ(parse_duration(text)->count(), count) << text;
  }
}

TEST(SystemClock, SleepEndsAtItsTimeOrByAStop) {
  Clock& clock = system_clock();
  const SteadyTime until = clock.steady_now() + milliseconds(5);
  clock.sleep_until(until, {});
  EXPECT_GE(clock.steady_now(), until);

  std::stop_source stop;
  auto sleeper = std::async(std::launch::async, [&] {
    clock.sleep_until(SteadyTime::max(), stop.get_token());
    return true;
  });
  stop.request_stop();
  EXPECT_TRUE(sleeper.get());
}

TEST(ManualClock, WakesSleepersWhenTimeComes) {
  test::ManualClock clock;
  const Timestamp begin = clock.now();
  auto sleeper = std::async(std::launch::async, [&] {
    clock.sleep_until(clock.steady_now() + milliseconds(1'000), {});
    return clock.now();
  });
  clock.wait_for_sleepers(1);
  clock.advance(milliseconds(999));
  clock.advance(milliseconds(1));
  EXPECT_EQ(sleeper.get(), begin + std::chrono::seconds(1));
}

}  // namespace
}  // namespace sealift
