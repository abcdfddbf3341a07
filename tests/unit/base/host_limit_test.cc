// How many requests are under way at one host, and who goes first.
#include "support/fake_transport.h"
#include "support/result_matchers.h"

#include <sealift/base/host_limit.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <thread>

namespace sealift {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeTransport;
using test::SeenRequest;
using testing::ElementsAre;

class HostLimitTest : public testing::Test {
 protected:
  ~HostLimitTest() override {
    let_go(1'000);
    threads_.clear();
  }

  static HttpRequest request(std::string method, std::string url) {
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    return request;
  }
  void start(HttpRequest request, std::stop_token stop = {}) {
    threads_.emplace_back([this, request = std::move(request), stop] {
      const auto answer = send_for_bytes(limited_, request, stop);
      const std::lock_guard lock(mutex_);
      if (!answer) errors_.push_back(answer.error().code());
      ++ended_;
      changed_.notify_all();
    });
  }
  // The server's side: each request waits for its turn to be answered.
  FakeAnswer hold(const SeenRequest& request) {
    std::unique_lock lock(mutex_);
    arrived_.push_back(request.method + " " + request.url);
    changed_.notify_all();
    changed_.wait(lock, [this] { return may_end_ > 0; });
    --may_end_;
    return {};
  }
  void let_go(int count) {
    const std::lock_guard lock(mutex_);
    may_end_ += count;
    changed_.notify_all();
  }
  void wait_for_arrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_.size() >= count; });
  }
  void wait_for_ends(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ >= count; });
  }
  // What is still to come does not come meanwhile.
  std::size_t arrivals_after_a_while() {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const std::lock_guard lock(mutex_);
    return arrived_.size();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int may_end_ = 0;
  std::size_t ended_ = 0;
  std::vector<std::string> arrived_;
  std::vector<ErrorCode> errors_;
  FakeTransport network_{[this](const SeenRequest& request) { return hold(request); }};
  HostLimitedTransport limited_{network_, 2};
  std::vector<std::jthread> threads_;
};

TEST_F(HostLimitTest, TheOthersWaitUntilOneEnds) {
  for (int i = 0; i < 4; ++i) start(request("GET", "https://a.example/" + std::to_string(i)));
  wait_for_arrivals(2);
  EXPECT_EQ(arrivals_after_a_while(), 2u);
  let_go(1);
  wait_for_arrivals(3);
  EXPECT_EQ(arrivals_after_a_while(), 3u);
}

TEST_F(HostLimitTest, WhoCameFirstGoesFirst) {
  limited_.set_per_host(1);
  for (int i = 0; i < 4; ++i) {
    start(request("GET", "https://a.example/" + std::to_string(i)));
    wait_for_arrivals(1);
    // The next one comes later for certain.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  let_go(4);
  wait_for_ends(4);
  EXPECT_THAT(arrived_, ElementsAre("GET https://a.example/0", "GET https://a.example/1",
                                    "GET https://a.example/2", "GET https://a.example/3"));
}

TEST_F(HostLimitTest, HostsDoNotWaitForEachOther) {
  for (const char* url : {"https://a.example/", "https://A.example/x?y", "https://b.example/",
                          "https://a.example:8443/", "http://a.example/"}) {
    start(request("GET", url));
  }
  wait_for_arrivals(5);
  start(request("GET", "https://a.example#fragment"));
  EXPECT_EQ(arrivals_after_a_while(), 5u) << "case and path make no other host";
}

TEST_F(HostLimitTest, WhatStoresDoesNotHoldUpWhatItIsReadFrom) {
  for (int i = 0; i < 2; ++i) start(request("PUT", "https://a.example/"));
  wait_for_arrivals(2);
  start(request("GET", "https://a.example/"));
  start(request("POST", "https://a.example/token"));
  wait_for_arrivals(4);
  start(request("PATCH", "https://a.example/"));
  EXPECT_EQ(arrivals_after_a_while(), 4u);
}

TEST_F(HostLimitTest, WatchesDoNotCount) {
  HttpRequest watch = request("GET", "https://a.example/watch");
  watch.deadline = {};
  for (int i = 0; i < 5; ++i) start(watch);
  for (int i = 0; i < 2; ++i) start(request("GET", "https://a.example/"));
  wait_for_arrivals(7);
}

TEST_F(HostLimitTest, AStopEndsTheWaitingAndPassesTheTurnOn) {
  limited_.set_per_host(1);
  std::stop_source stop;
  start(request("GET", "https://a.example/first"));
  wait_for_arrivals(1);
  start(request("GET", "https://a.example/stopped"), stop.get_token());
  EXPECT_EQ(arrivals_after_a_while(), 1u);
  start(request("GET", "https://a.example/last"));
  EXPECT_EQ(arrivals_after_a_while(), 1u);
  stop.request_stop();
  wait_for_ends(1);
  EXPECT_THAT(errors_, ElementsAre(ErrorCode::kCancelled));
  let_go(2);
  wait_for_ends(3);
  EXPECT_THAT(arrived_, ElementsAre("GET https://a.example/first", "GET https://a.example/last"));
}

TEST_F(HostLimitTest, AnErrorGivesTheTurnBack) {
  limited_.set_per_host(1);
  let_go(1);
  network_.fail_request(1, Error(ErrorCode::kUnavailable, "reset"));
  EXPECT_THAT(send_for_bytes(limited_, request("GET", "https://a.example/"), {}),
              fails_with(ErrorCode::kUnavailable, "reset"));
  EXPECT_OK(send_for_bytes(limited_, request("GET", "https://a.example/"), {}));
}

TEST_F(HostLimitTest, MoreMayBeAllowedMeanwhile) {
  for (int i = 0; i < 5; ++i) start(request("GET", "https://a.example/"));
  wait_for_arrivals(2);
  limited_.set_per_host(5);
  wait_for_arrivals(5);
}

}  // namespace
}  // namespace sealift
