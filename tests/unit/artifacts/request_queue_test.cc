#include "request_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <string>
#include <vector>

#include "support/result_matchers.h"

namespace sealift::artifacts {
namespace {

using sealift::test::fails_with;
using testing::ElementsAre;

constexpr RequestQueue::Limits kOneThread{1, {10, 10}};

// While it lives, the machine has no memory for another thread's stack.
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t huge;
    pthread_attr_init(&huge);
    pthread_attr_setstacksize(&huge, std::size_t{1} << 46);
    pthread_setattr_default_np(&huge);
    pthread_attr_destroy(&huge);
  }
  ~NoMoreThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_;
};

TEST(RequestQueue, RunsOneOwnersWorkInItsOrder) {
  std::vector<int> done;
  std::latch all(3);
  RequestQueue queue(kOneThread);
  for (int i = 1; i <= 3; ++i) {
    ASSERT_OK(queue.add(std::to_string(i), "lane", "owner", [&, i](std::stop_token) {
      done.push_back(i);
      all.count_down();
    }));
  }
  all.wait();
  EXPECT_THAT(done, ElementsAre(1, 2, 3));
}

TEST(RequestQueue, StartsAgainAfterARest) {
  RequestQueue queue(kOneThread);
  for (int i = 0; i < 50; ++i) {
    std::latch done(1);
    ASSERT_OK(queue.add("work", "lane", "owner", [&](std::stop_token) { done.count_down(); }));
    done.wait();
  }
}

TEST(RequestQueue, RunsAsManyAtOnceAsTheLimitsLet) {
  std::latch both(2);
  std::latch all(3);
  RequestQueue queue({4, {2, 2}});
  for (const auto* name : {"a", "b", "c"}) {
    ASSERT_OK(queue.add(name, "lane", "owner", [&](std::stop_token) {
      // The third starts when one of the first two has ended.
      if (both.try_wait()) return all.count_down();
      both.arrive_and_wait();
      all.count_down();
    }));
  }
  all.wait();
}

TEST(RequestQueue, StartsWhatWaitsOnTheTurnOfOneWhoJoins) {
  std::latch release(1);
  std::latch shared(1);
  RequestQueue queue({2, {10, 1}});
  ASSERT_OK(queue.add("long", "lane", "greedy", [&](std::stop_token) { release.wait(); }));
  ASSERT_OK(queue.add("shared", "lane", "greedy", [&](std::stop_token) { shared.count_down(); }));
  queue.join("shared", "other");
  shared.wait();
  queue.join("shared", "other");
  queue.join("unknown", "other");
  release.count_down();
}

TEST(RequestQueue, StopCancelsWhatRunsAndDropsWhatWaits) {
  std::atomic<int> begun = 0;
  std::latch running(1);
  RequestQueue queue(kOneThread);
  const auto work = [&](std::stop_token stop) {
    ++begun;
    running.count_down();
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
  };
  ASSERT_OK(queue.add("first", "lane", "owner", work));
  ASSERT_OK(queue.add("second", "lane", "owner", work));
  running.wait();
  queue.stop();
  EXPECT_EQ(begun, 1);
  EXPECT_THAT(queue.add("third", "lane", "owner", work), fails_with(ErrorCode::kCancelled));
  queue.stop();
}

TEST(RequestQueue, WithoutAThreadTheFirstIsRefusedAndTheRestWaits) {
  RequestQueue queue({2, {10, 10}});
  std::latch release(1);
  std::latch running(1);
  std::latch all(2);
  {
    const NoMoreThreads none;
    EXPECT_THAT(queue.add("refused", "lane", "owner", [](std::stop_token) { ADD_FAILURE(); }),
                fails_with(ErrorCode::kUnavailable, "the machine gives no thread"));
  }
  ASSERT_OK(queue.add("first", "lane", "owner", [&](std::stop_token) {
    running.count_down();
    release.wait();
    all.count_down();
  }));
  running.wait();
  {
    const NoMoreThreads none;
    EXPECT_OK(queue.add("second", "lane", "owner", [&](std::stop_token) { all.count_down(); }));
  }
  release.count_down();
  all.wait();
}

}  // namespace
}  // namespace sealift::artifacts
