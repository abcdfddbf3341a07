#include <sealift/base/json.h>
#include <sealift/base/small_thread.h>

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <string>
#include <vector>

#include "support/result_matchers.h"

namespace sealift {
namespace {

TEST(SmallThread, RunsAndIsWaitedFor) {
  std::atomic<int> ran = 0;
  {
    ASSERT_OK_ASSIGN(auto first, SmallThread::start([&] { ++ran; }));
    ASSERT_OK_ASSIGN(auto second, SmallThread::start([&] { ++ran; }));
    first = std::move(second);
    EXPECT_GE(ran, 1) << "the first was waited for when the second took its place";
  }
  EXPECT_EQ(ran, 2);
}

TEST(SmallThread, HundredsRunAtOnce) {
  constexpr int kThreads = 500;
  std::latch all_run(kThreads);
  std::vector<SmallThread> threads;
  for (int i = 0; i < kThreads; ++i) {
    ASSERT_OK_ASSIGN(auto thread, SmallThread::start([&] { all_run.arrive_and_wait(); }));
    threads.push_back(std::move(thread));
  }
}

TEST(SmallThread, CarriesTheDeepestJson) {
  constexpr std::uint32_t kDepth = 256;  // of an API server's answer
  const auto text = std::string(kDepth, '[') + std::string(kDepth, ']');
  std::string written;
  {
    ASSERT_OK_ASSIGN(const auto thread, SmallThread::start([&] {
                       const auto json = parse_json(text, "deep", {1u << 20, kDepth, 1u << 20});
                       const auto copy = *json;
                       if (copy == *json) written = dump_json_sorted(copy);
                     }));
  }
  EXPECT_EQ(written, text);
}

}  // namespace
}  // namespace sealift
