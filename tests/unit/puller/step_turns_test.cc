#include "step_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/manual_clock.h"

namespace sealift::puller {
namespace {

using namespace std::chrono_literals;
using testing::UnorderedElementsAre;

class StepTurnsTest : public testing::Test {
 protected:
  void add(const std::string& id, SteadyTime due) {
    const std::lock_guard lock(mutex_);
    turns_.add(id, due);
  }
  // As one of the puller's threads: takes until there is nothing to do any more.
  void take_all() {
    std::unique_lock lock(mutex_);
    while (auto id = turns_.take(lock, stop_.get_token(), [this] { return over_; })) {
      taken_.insert(*std::move(id));
      over_ = taken_.size() == wanted_;
      if (over_) turns_.look_again();
    }
  }
  // With so many threads, until so many were taken. Whoever is never woken hangs.
  template <typename Call>
  void work(std::size_t threads, std::size_t wanted, const Call& call) {
    wanted_ = wanted;
    std::vector<std::jthread> all;
    for (std::size_t i = 0; i < threads; ++i) all.emplace_back([this] { take_all(); });
    call();
  }

  test::ManualClock clock_;
  std::mutex mutex_;
  StepTurns turns_{clock_};
  std::stop_source stop_;
  bool over_ = false;
  std::size_t wanted_ = 0;
  std::set<std::string> taken_;
};

TEST_F(StepTurnsTest, WakesThreadsThatWaitForWork) {
  work(3, 4, [this] {
    for (const auto* id : {"a/1", "a/2", "b/1", "b/2"}) add(id, SteadyTime());
  });
  EXPECT_THAT(taken_, UnorderedElementsAre("a/1", "a/2", "b/1", "b/2"));
}

TEST_F(StepTurnsTest, WakesForATimeAndForOneThatIsSooner) {
  const auto now = clock_.steady_now();
  work(2, 3, [&] {
    add("a/late", now + 2h);
    add("a/soon", now + 1h);
    add("a/now", now);
    clock_.advance(3h);
    // A clock that was moved tells nobody; the next one who comes does.
    add("a/soon", now);
    add("a/late", now);
  });
  EXPECT_THAT(taken_, UnorderedElementsAre("a/late", "a/now", "a/soon"));
}

TEST_F(StepTurnsTest, NobodyTakesWhatIsNotDue) {
  const auto now = clock_.steady_now();
  add("a/later", now + 1s);
  add("a/now", now);
  work(2, 1, [] {});
  EXPECT_THAT(taken_, UnorderedElementsAre("a/now"));
  EXPECT_EQ(turns_.ready(), 0u);
}

TEST_F(StepTurnsTest, OneKeepsTheTimeWhileTheOthersWaitForWork) {
  // The time comes by itself: each of these is due a moment after the other.
  const auto now = clock_.steady_now();
  for (int i = 0; i < 20; ++i) add("a/" + std::to_string(i), now + i * 1ms);
  work(3, 20, [this] { clock_.advance(1h); });
  EXPECT_EQ(taken_.size(), 20u);
}

TEST_F(StepTurnsTest, AStopEndsAllWaits) {
  add("a/later", clock_.steady_now() + 1h);
  work(3, 1, [this] { stop_.request_stop(); });
  EXPECT_TRUE(taken_.empty());
}

}  // namespace
}  // namespace sealift::puller
