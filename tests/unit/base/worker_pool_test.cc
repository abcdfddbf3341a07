#include "support/result_matchers.h"

#include <sealift/base/worker_pool.h>

#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <barrier>
#include <latch>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <vector>

namespace sealift {
namespace {

using test::fails_with;

TEST(RunParallel, RunsEachTaskOnce) {
  for (const std::size_t threads : {0u, 1u, 4u, 100u}) {
    std::vector<std::atomic<int>> runs(50);
    EXPECT_OK(run_parallel(runs.size(), threads, {}, [&](std::size_t i, std::stop_token) {
      ++runs[i];
      return Result<>();
    }));
    for (const auto& count : runs) EXPECT_EQ(count, 1);
  }
}

// No thread gets a stack of that size.
class ImpossibleThreads {
 public:
  ImpossibleThreads() {
    pthread_getattr_default_np(&before_);
    pthread_attr_t impossible;
    pthread_attr_init(&impossible);
    pthread_attr_setstacksize(&impossible, std::size_t{1} << 50);
    pthread_setattr_default_np(&impossible);
    pthread_attr_destroy(&impossible);
  }
  ~ImpossibleThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_{};
};

TEST(RunParallel, NeedsNoOtherThreadThanTheCallersOwn) {
  const ImpossibleThreads none;
  EXPECT_THROW(std::thread([] {}), std::system_error);
  int runs = 0;
  EXPECT_OK(run_parallel(5, 4, {}, [&](std::size_t, std::stop_token) {
    ++runs;
    return Result<>();
  }));
  EXPECT_EQ(runs, 5);
}

TEST(RunParallel, NothingToDoIsASuccess) {
  EXPECT_OK(run_parallel(0, 4, {}, [](std::size_t, std::stop_token) -> Result<> {
    return fail(ErrorCode::kIo, "must not run");
  }));
}

TEST(RunParallel, UsesAsManyThreadsAsAllowedAndNoMore) {
  std::barrier meeting(3);  // passes only when three tasks are there at once
  std::mutex mutex;
  std::set<std::thread::id> threads;
  EXPECT_OK(run_parallel(9, 3, {}, [&](std::size_t, std::stop_token) {
    meeting.arrive_and_wait();
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
    return Result<>();
  }));
  EXPECT_EQ(threads.size(), 3u);
  EXPECT_TRUE(threads.contains(std::this_thread::get_id()));
}

TEST(RunParallel, FirstErrorStopsTheRestAndIsTheResult) {
  std::atomic<int> started = 0;
  std::latch waiting(1);
  const auto result = run_parallel(1'000, 2, {}, [&](std::size_t i, std::stop_token stop) {
    ++started;
    if (i == 0) {
      waiting.wait();
      return Result<>(fail(ErrorCode::kForbidden, "first"));
    }
    waiting.count_down(i == 1 ? 1 : 0);
    while (!stop.stop_requested()) std::this_thread::yield();
    return Result<>(fail(ErrorCode::kCancelled, "stopped"));
  });
  EXPECT_THAT(result, fails_with(ErrorCode::kForbidden, "first"));
  EXPECT_EQ(started, 2);
}

TEST(RunParallel, StopFromOutsideIsCancelled) {
  std::stop_source stop;
  std::atomic<int> started = 0;
  const auto result = run_parallel(10, 1, stop.get_token(), [&](std::size_t i, std::stop_token) {
    ++started;
    if (i == 2) stop.request_stop();
    return Result<>();
  });
  EXPECT_THAT(result, fails_with(ErrorCode::kCancelled));
  EXPECT_EQ(started, 3);
}

TEST(RunParallel, StopAfterTheLastTaskBeganIsNoError) {
  std::stop_source stop;
  EXPECT_OK(run_parallel(3, 1, stop.get_token(), [&](std::size_t i, std::stop_token) {
    if (i == 2) stop.request_stop();
    return Result<>();
  }));
}

}  // namespace
}  // namespace sealift
