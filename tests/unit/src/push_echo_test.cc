#include "push_echo.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <semaphore>
#include <vector>

#include "support/manual_clock.h"

namespace sealift::program {
namespace {

using endpoints::Push;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class PushEchoTest : public ::testing::Test {
 protected:
  std::vector<Push> looked_at() {
    const std::lock_guard lock(mutex_);
    return std::exchange(pushes_, {});
  }
  void wait_for_sleep() { clock_.wait_for_sleepers(1, PushEcho::kDelay); }
  void wait_for_looks(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) looks_.acquire();
  }

  test::ManualClock clock_;
  std::mutex mutex_;
  std::vector<Push> pushes_;
  std::counting_semaphore<> looks_{0};
  PushEcho echo_{clock_, [this](const Push& push) {
                   {
                     const std::lock_guard lock(mutex_);
                     pushes_.push_back(push);
                   }
                   looks_.release();
                 }};
};

const Push kShop{"registry.example/shop", "prod"};
const Push kSignature{"registry.example/shop", "sha256-12"};

// A registry that tells of a tag before the tag is in its place was looked at once, in vain.
TEST_F(PushEchoTest, WhatWasToldTooEarlyIsLookedAtAgain) {
  echo_.hear(kShop);
  wait_for_looks(1);
  EXPECT_THAT(looked_at(), ElementsAre(kShop));
  wait_for_sleep();
  EXPECT_THAT(looked_at(), ElementsAre());
  clock_.advance(PushEcho::kDelay);
  wait_for_looks(1);
  EXPECT_THAT(looked_at(), ElementsAre(kShop));
  clock_.advance(1h);
  EXPECT_FALSE(looks_.try_acquire()) << "twice is enough";
}

TEST_F(PushEchoTest, OfOnePushToldOftenTheLastCounts) {
  echo_.hear(kShop);
  echo_.hear(kSignature);
  wait_for_sleep();
  clock_.advance(1s);
  echo_.hear(kShop);
  wait_for_looks(3);
  EXPECT_EQ(looked_at().size(), 3u);
  // It wakes at the time of the call that no longer counts, and sleeps again.
  clock_.advance(1s);
  wait_for_looks(1);
  EXPECT_THAT(looked_at(), ElementsAre(kSignature));
  clock_.wait_for_sleepers(1, 1s);
  clock_.advance(1s);
  wait_for_looks(1);
  EXPECT_THAT(looked_at(), ElementsAre(kShop));
}

TEST_F(PushEchoTest, AFloodIsBounded) {
  for (std::size_t i = 0; i < PushEcho::kMaxWaiting + 5; ++i) {
    echo_.hear({"registry.example/shop", std::to_string(i)});
  }
  wait_for_looks(PushEcho::kMaxWaiting + 5);
  looked_at();
  wait_for_sleep();
  clock_.advance(PushEcho::kDelay);
  wait_for_looks(PushEcho::kMaxWaiting);
  EXPECT_EQ(looked_at().size(), PushEcho::kMaxWaiting);
}

TEST_F(PushEchoTest, EndsWhileItWaits) {
  echo_.hear(kShop);
  wait_for_sleep();
}

}  // namespace
}  // namespace sealift::program
