#include <sealift/base/deadline.h>

#include <gtest/gtest.h>

#include <list>
#include <semaphore>

#include "support/manual_clock.h"

namespace sealift {
namespace {

using namespace std::chrono_literals;

class DeadlineTest : public testing::Test {
 protected:
  SteadyTime in(std::chrono::seconds time) { return clock_.steady_now() + time; }
  static void await(const Deadline& deadline) {
    std::binary_semaphore stopped(0);
    const std::stop_callback on_stop(deadline.token(), [&] { stopped.release(); });
    stopped.acquire();
  }

  test::ManualClock clock_;
  DeadlineTimer timer_{clock_};
};

TEST_F(DeadlineTest, StopsWhenItsTimeHasCome) {
  const Deadline deadline(timer_, in(5s), {});
  EXPECT_FALSE(deadline.token().stop_requested());
  EXPECT_FALSE(deadline.expired());
  clock_.advance(5s);
  await(deadline);
  EXPECT_TRUE(deadline.expired());
}

TEST_F(DeadlineTest, StopsAtOnceWhereItsTimeIsOver) {
  const Deadline deadline(timer_, in(0s), {});
  await(deadline);
  EXPECT_TRUE(deadline.expired());
}

TEST_F(DeadlineTest, StopsWithTheOuterToken) {
  std::stop_source outer;
  const Deadline deadline(timer_, in(5s), outer.get_token());
  outer.request_stop();
  EXPECT_TRUE(deadline.token().stop_requested());
  EXPECT_FALSE(deadline.expired());
}

TEST_F(DeadlineTest, TheTimerWakesForTheNextOfMany) {
  std::list<Deadline> late;
  for (int i = 0; i < 100; ++i) late.emplace_back(timer_, in(10s), std::stop_token());
  clock_.wait_for_sleepers(1, 10s);
  const Deadline early(timer_, in(2s), {});
  clock_.advance(2s);
  await(early);
  EXPECT_TRUE(early.expired());
  for (const auto& deadline : late) EXPECT_FALSE(deadline.expired());
  clock_.advance(8s);
  for (const auto& deadline : late) await(deadline);
}

TEST_F(DeadlineTest, WhatIsOverInTimeStopsNothing) {
  std::stop_token first;
  {
    const Deadline deadline(timer_, in(2s), {});
    clock_.wait_for_sleepers(1, 2s);
    first = deadline.token();
  }
  // The timer finds that nothing is left, and serves who comes later.
  clock_.advance(2s);
  const Deadline second(timer_, in(1s), {});
  clock_.advance(1s);
  await(second);
  EXPECT_FALSE(first.stop_requested());
}

}  // namespace
}  // namespace sealift
