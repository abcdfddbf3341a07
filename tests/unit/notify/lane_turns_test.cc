#include "lane_turns.h"

#include <gtest/gtest.h>

namespace sealift::notify {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Lanes = std::vector<std::string>;

constexpr SteadyTime kStart{};

TEST(LaneTurns, GoRound) {
  LaneTurns turns;
  const Lanes lanes = {"a", "b", "c"};
  for (const auto* expected : {"a", "b", "c", "a"}) {
    EXPECT_EQ(turns.choose(lanes, kStart), expected);
    turns.succeeded(expected);
  }
  EXPECT_EQ(turns.choose({"a", "z"}, kStart), "z") << "behind a";
  EXPECT_FALSE(turns.choose({}, kStart));
  EXPECT_FALSE(turns.next_time({}));
}

TEST(LaneTurns, AFailureHoldsUpItsOwnLane) {
  LaneTurns turns;
  const Lanes lanes = {"a", "b"};
  EXPECT_TRUE(turns.failed("a", kStart, 1, std::nullopt));
  EXPECT_EQ(turns.choose(lanes, kStart), "b");
  turns.succeeded("b");
  EXPECT_EQ(turns.choose(lanes, kStart), "b");
  EXPECT_FALSE(turns.choose({"a"}, kStart + milliseconds(999)));
  EXPECT_EQ(turns.next_time({"a"}), kStart + seconds(1));
  EXPECT_EQ(turns.choose({"a"}, kStart + seconds(1)), "a");
  EXPECT_FALSE(turns.failed("a", kStart + seconds(1), 1, std::nullopt));
  EXPECT_EQ(turns.next_time({"a"}), kStart + seconds(3)) << "longer and longer";
  EXPECT_TRUE(turns.succeeded("a"));
  EXPECT_FALSE(turns.succeeded("a"));
}

TEST(LaneTurns, AReceiverThatIsAwayIsNotAskedForEachLane) {
  LaneTurns turns;
  Lanes lanes;
  for (char name = 'a'; name <= 'z'; ++name) lanes.emplace_back(1, name);
  std::size_t attempts = 0;
  for (auto now = kStart; now < kStart + seconds(60); now += milliseconds(100)) {
    while (const auto lane = turns.choose(lanes, now)) {
      turns.failed(*lane, now, 1, std::nullopt);
      ++attempts;
    }
  }
  EXPECT_LE(attempts, 8u);
  EXPECT_GE(attempts, 4u);
}

TEST(LaneTurns, ALaneThatFailsAgainAndAgainHoldsUpNoOther) {
  LaneTurns turns;
  auto now = kStart;
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(turns.choose({"a"}, now), "a");
    turns.failed("a", now, 1, std::nullopt);
    EXPECT_EQ(turns.choose({"a", "b"}, now), "b") << i;
    now = turns.next_time({"a"}).value();
  }
  // Two of them cost the others a second, however often they fail.
  for (int i = 0; i < 20; ++i) {
    const auto lane = turns.choose({"a", "b"}, now);
    ASSERT_TRUE(lane);
    turns.failed(*lane, now, 1, std::nullopt);
    EXPECT_EQ(turns.next_time({"c"}), now + seconds(1)) << i;
    now = turns.next_time({"a", "b"}).value();
  }
}

TEST(LaneTurns, AllWaitAsLongAsTheReceiverAsks) {
  LaneTurns turns;
  turns.failed("a", kStart, 1, seconds(20));
  EXPECT_FALSE(turns.choose({"b"}, kStart + seconds(19)));
  EXPECT_EQ(turns.next_time({"b"}), kStart + seconds(20));
  EXPECT_EQ(turns.choose({"b"}, kStart + seconds(20)), "b");
  turns.failed("a", kStart, 1, seconds(1'000'000));
  EXPECT_EQ(turns.next_time({"b"}), kStart + seconds(3600)) << "but not for ever";
}

}  // namespace
}  // namespace sealift::notify
