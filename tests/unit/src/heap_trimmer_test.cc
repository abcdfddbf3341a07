#include "heap_trimmer.h"

#include <gtest/gtest.h>

#include <chrono>
#include <semaphore>

#include "support/manual_clock.h"

namespace sealift::program {
namespace {

using namespace std::chrono_literals;

class HeapTrimmerTest : public ::testing::Test {
 protected:
  void wait_for_rest() { clock_.wait_for_sleepers(1, HeapTrimmer::kRest); }

  test::ManualClock clock_;
  std::counting_semaphore<> trims_{0};
  HeapTrimmer trimmer_{clock_, [this] { trims_.release(); }};
};

TEST_F(HeapTrimmerTest, TrimsOnceAfterWorkHasRested) {
  for (int i = 0; i < 100; ++i) trimmer_.note_work();
  wait_for_rest();
  EXPECT_FALSE(trims_.try_acquire());
  clock_.advance(HeapTrimmer::kRest);
  trims_.acquire();
  // At rest nobody wakes: the next trim is the next work's.
  trimmer_.note_work();
  wait_for_rest();
  EXPECT_FALSE(trims_.try_acquire());
  clock_.advance(HeapTrimmer::kRest);
  trims_.acquire();
}

TEST_F(HeapTrimmerTest, WaitsAnewWhileWorkGoesOn) {
  trimmer_.note_work();
  wait_for_rest();
  clock_.advance(HeapTrimmer::kRest - 1s);
  trimmer_.note_work();
  clock_.advance(1s);
  // It sleeps again, until kRest after the later work.
  clock_.wait_for_sleepers(1, HeapTrimmer::kRest - 1s);
  EXPECT_FALSE(trims_.try_acquire());
  clock_.advance(HeapTrimmer::kRest - 1s);
  trims_.acquire();
}

TEST_F(HeapTrimmerTest, EndsWhileItWaits) {
  trimmer_.note_work();
  wait_for_rest();
}

}  // namespace
}  // namespace sealift::program
