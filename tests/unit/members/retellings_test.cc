#include "retellings.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace sealift::members {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Keys = std::vector<WatchKey>;

const WatchKey kMaps{{"", "ConfigMap"}, "", "", ""};
const WatchKey kPods{{"", "Pod"}, "", "", ""};

class RetellingsTest : public testing::Test {
 protected:
  RetellingsTest() {
    retellings_.add(kMaps, now_);
    now_ += seconds(60);
    tell(seconds(1));
  }
  void tell(SteadyTime::duration took) {
    retellings_.on_begun(kMaps, now_);
    now_ += took;
    retellings_.on_told(kMaps, now_);
  }
  Keys due() { return retellings_.take_due(now_); }

  Retellings retellings_;
  SteadyTime now_{std::chrono::hours(100)};
};

TEST_F(RetellingsTest, NobodyAsksAndNothingIsDue) {
  now_ += seconds(100);
  EXPECT_EQ(retellings_.next_due(), std::nullopt);
  EXPECT_EQ(due(), Keys());
}

TEST_F(RetellingsTest, AWatchThatHasRestedIsRestartedAtOnceAndOnceForAll) {
  now_ += seconds(100);
  retellings_.ask(kMaps);
  retellings_.ask(kMaps, "a");
  EXPECT_LE(retellings_.next_due(), now_);
  EXPECT_EQ(due(), Keys{kMaps});
  EXPECT_EQ(due(), Keys());
}

// Whoever asks faster than a watch can tell would keep it from ever telling everything.
TEST_F(RetellingsTest, WhatIsBeingToldIsNotCutShort) {
  now_ += seconds(100);
  retellings_.ask(kMaps, "a");
  EXPECT_EQ(due(), Keys{kMaps});
  for (int i = 0; i < 100; ++i) {
    now_ += seconds(1);
    retellings_.ask(kMaps, "b");
    EXPECT_EQ(due(), Keys()) << "it was told to, and has not begun";
  }
  retellings_.on_begun(kMaps, now_);
  now_ += seconds(1);
  retellings_.ask(kMaps, "c");
  now_ += seconds(100);
  EXPECT_EQ(due(), Keys());
  EXPECT_EQ(retellings_.next_due(), std::nullopt) << "the watch's word comes first";
  retellings_.on_told(kMaps, now_);
  EXPECT_EQ(retellings_.next_due(), now_ + seconds(30)) << "for those who came too late";
}

TEST_F(RetellingsTest, ASetWaitsForARoundThatBeganAfterItAsked) {
  now_ += seconds(100);
  retellings_.on_begun(kMaps, now_);
  retellings_.ask(kMaps, "a");
  retellings_.on_told(kMaps, now_);
  EXPECT_TRUE(retellings_.is_awaited(kMaps, "a"));
  EXPECT_FALSE(retellings_.is_awaited(kMaps, "b"));
  EXPECT_EQ(due(), Keys{kMaps});
  retellings_.on_told(kMaps, now_);
  EXPECT_TRUE(retellings_.is_awaited(kMaps, "a")) << "the end of the round from before";
  retellings_.on_begun(kMaps, now_);
  EXPECT_TRUE(retellings_.is_awaited(kMaps, "a"));
  retellings_.on_told(kMaps, now_);
  EXPECT_FALSE(retellings_.is_awaited(kMaps, "a"));
  EXPECT_EQ(retellings_.next_due(), std::nullopt);
}

TEST_F(RetellingsTest, ARoundThatBeginsForAnotherReasonAnswersToo) {
  retellings_.ask(kMaps, "a");
  tell(seconds(1));
  EXPECT_FALSE(retellings_.is_awaited(kMaps, "a"));
  EXPECT_EQ(retellings_.next_due(), std::nullopt);
}

TEST_F(RetellingsTest, ATenthOfAWatchsTimeIsEnough) {
  retellings_.ask(kMaps);
  EXPECT_EQ(retellings_.next_due(), now_ + seconds(9));
  tell(milliseconds(10));
  retellings_.ask(kMaps);
  EXPECT_EQ(retellings_.next_due(), now_ + milliseconds(90));
  tell(seconds(20));
  retellings_.ask(kMaps);
  EXPECT_EQ(retellings_.next_due(), now_ + seconds(30)) << "nobody waits longer";
  now_ += seconds(29);
  EXPECT_EQ(due(), Keys());
  now_ += seconds(1);
  EXPECT_EQ(due(), Keys{kMaps});
}

TEST_F(RetellingsTest, AWatchThatIsNewDoesNotRest) {
  retellings_.add(kMaps, now_);
  for (int i = 0; i < 5; ++i) {
    tell(seconds(10));
    retellings_.ask(kMaps);
    EXPECT_EQ(due(), Keys{kMaps});
  }
  tell(seconds(10));
  retellings_.ask(kMaps);
  EXPECT_EQ(due(), Keys());
}

TEST_F(RetellingsTest, AWatchThatRunsNoMoreOwesNothing) {
  retellings_.ask(kMaps, "a");
  retellings_.remove(kMaps);
  retellings_.ask(kPods, "a");
  EXPECT_FALSE(retellings_.is_awaited(kMaps, "a"));
  EXPECT_FALSE(retellings_.is_awaited(kPods, "a"));
  now_ += seconds(100);
  EXPECT_EQ(due(), Keys());
  retellings_.add(kMaps, now_);
  EXPECT_FALSE(retellings_.is_awaited(kMaps, "a")) << "it tells everything anyway";
}

}  // namespace
}  // namespace sealift::members
