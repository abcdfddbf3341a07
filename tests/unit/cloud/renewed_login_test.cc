#include "renewed_login.h"

#include "support/manual_clock.h"
#include "support/result_matchers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace sealift::cloud {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::fails_with;

class RenewedLoginTest : public testing::Test {
 protected:
  static oci::Credentials numbered(int number) {
    return {"workload", "login " + std::to_string(number), "", ""};
  }

  std::atomic<int> made_ = 0;
  std::function<Result<IssuedLogin>()> issue_ = [this] {
    return IssuedLogin{numbered(++made_), minutes(60)};
  };
  test::ManualClock clock_;
  RenewedLogin login_{Provider::kAzure, "advice", clock_,
                      [this](std::stop_token) { return issue_(); }};
};

TEST_F(RenewedLoginTest, IsMadeOnceAndKeptUntilShortlyBeforeItsEnd) {
  EXPECT_EQ(login_.find({}).value(), numbered(1));
  clock_.advance(minutes(55) - seconds(1));
  EXPECT_EQ(login_.find({}).value(), numbered(1));
  clock_.advance(seconds(1));
  EXPECT_EQ(login_.find({}).value(), numbered(2)) << "five minutes early";
}

TEST_F(RenewedLoginTest, AShortOneIsNotRenewedAtOnce) {
  issue_ = [this] { return IssuedLogin{numbered(++made_), seconds(60)}; };
  ASSERT_OK(login_.find({}));
  clock_.advance(seconds(47));
  EXPECT_EQ(login_.find({}).value(), numbered(1));
  clock_.advance(seconds(1));
  EXPECT_EQ(login_.find({}).value(), numbered(2));
}

TEST_F(RenewedLoginTest, TheOldOneServesUntilItsEndWhereRenewingFails) {
  ASSERT_OK(login_.find({}));
  int asked = 0;
  issue_ = [&]() -> Result<IssuedLogin> {
    ++asked;
    return fail(ErrorCode::kUnavailable, "the service is away");
  };
  clock_.advance(minutes(56));
  EXPECT_EQ(login_.find({}).value(), numbered(1));
  EXPECT_EQ(login_.find({}).value(), numbered(1));
  EXPECT_EQ(asked, 1) << "not at each use";
  clock_.advance(seconds(30));
  EXPECT_EQ(login_.find({}).value(), numbered(1));
  EXPECT_EQ(asked, 2);
  clock_.advance(minutes(4));
  EXPECT_THAT(login_.find({}), fails_with(ErrorCode::kUnavailable, "the service is away"));
}

TEST_F(RenewedLoginTest, AnErrorIsNotKept) {
  issue_ = []() -> Result<IssuedLogin> { return fail(ErrorCode::kForbidden, "no"); };
  EXPECT_THAT(login_.find({}), fails_with(ErrorCode::kForbidden));
  issue_ = [] { return IssuedLogin{numbered(7), minutes(60)}; };
  EXPECT_EQ(login_.find({}).value(), numbered(7));
}

TEST_F(RenewedLoginTest, WhatWasRefusedIsDroppedAndNothingElse) {
  ASSERT_OK(login_.find({}));
  login_.drop(numbered(9));
  EXPECT_EQ(login_.find({}).value(), numbered(1));
  login_.drop(numbered(1));
  EXPECT_EQ(login_.find({}).value(), numbered(2));
}

TEST_F(RenewedLoginTest, ManyThreadsMakeItOnce) {
  std::latch entered(1);
  std::latch go_on(1);
  issue_ = [&] {
    entered.count_down();
    go_on.wait();
    return IssuedLogin{numbered(++made_), minutes(60)};
  };
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { good += login_.find({}) == numbered(1) ? 1 : 0; });
  }
  entered.wait();
  go_on.count_down();
  threads.clear();
  EXPECT_EQ(good, 8);
  EXPECT_EQ(made_, 1);
}

TEST_F(RenewedLoginTest, WhoWaitsMayStop) {
  std::latch entered(1);
  std::latch go_on(1);
  issue_ = [&] {
    entered.count_down();
    go_on.wait();
    return IssuedLogin{numbered(++made_), minutes(60)};
  };
  std::jthread first([&] { EXPECT_OK(login_.find({})); });
  entered.wait();
  std::stop_source stop;
  std::jthread second(
      [&] { EXPECT_THAT(login_.find(stop.get_token()), fails_with(ErrorCode::kCancelled)); });
  stop.request_stop();
  second.join();
  go_on.count_down();
}

TEST_F(RenewedLoginTest, WhileOneRenewsOthersTakeTheOldOne) {
  ASSERT_OK(login_.find({}));
  std::latch entered(1);
  std::latch go_on(1);
  issue_ = [&] {
    entered.count_down();
    go_on.wait();
    return IssuedLogin{numbered(++made_), minutes(60)};
  };
  clock_.advance(minutes(56));
  std::jthread renewing([&] { EXPECT_EQ(login_.find({}).value(), numbered(2)); });
  entered.wait();
  EXPECT_EQ(login_.find({}).value(), numbered(1));
  go_on.count_down();
}

TEST_F(RenewedLoginTest, GoesToItsCloudAlone) {
  EXPECT_TRUE(login_.may_go_to("shop.azurecr.io"));
  EXPECT_FALSE(login_.may_go_to("gcr.io"));
  EXPECT_FALSE(login_.may_go_to("evil.example"));
}

}  // namespace
}  // namespace sealift::cloud
