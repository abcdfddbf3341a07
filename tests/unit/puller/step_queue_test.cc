#include "step_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::puller {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime kNow{std::chrono::hours(1)};

std::vector<std::string> take_all(StepQueue& queue, SteadyTime now) {
  std::vector<std::string> taken;
  while (auto id = queue.take(now)) taken.push_back(*id);
  return taken;
}

TEST(StepQueue, NamespacesTakeTurns) {
  StepQueue queue;
  for (const auto* id : {"a/1", "a/2", "a/3", "b/1", "c/1", "c/2"}) queue.add(id, kNow, kNow);
  EXPECT_EQ(queue.ready(), 6u);
  EXPECT_EQ(take_all(queue, kNow),
            (std::vector<std::string>{"a/1", "b/1", "c/1", "a/2", "c/2", "a/3"}));
  EXPECT_EQ(queue.ready(), 0u);
}

TEST(StepQueue, TellsWhenSomebodyBecomesDue) {
  StepQueue queue;
  EXPECT_EQ(queue.next_due(), std::nullopt);
  queue.add("a/late", kNow + 2s, kNow);
  queue.add("a/soon", kNow + 1s, kNow);
  EXPECT_EQ(queue.ready(), 0u);
  EXPECT_EQ(queue.next_due(), kNow + 1s);
  EXPECT_EQ(queue.take(kNow + 999ms), std::nullopt);
  EXPECT_EQ(queue.take(kNow + 1s), "a/soon");
  EXPECT_EQ(queue.next_due(), kNow + 2s);
  EXPECT_EQ(queue.take(kNow + 3s), "a/late");
  EXPECT_EQ(queue.next_due(), std::nullopt);
}

TEST(StepQueue, HoldsEachOnceWithTheSoonerTime) {
  const struct {
    const char* name;
    std::vector<SteadyTime> times;
    SteadyTime due;
  } kCases[] = {
      {"later does not delay", {kNow + 1s, kNow + 5s}, kNow + 1s},
      {"sooner counts", {kNow + 5s, kNow + 1s}, kNow + 1s},
      {"at once beats a time", {kNow + 5s, kNow}, kNow},
      {"a time does not delay what is ready", {kNow, kNow + 5s}, kNow},
      {"twice at once", {kNow, kNow - 1s}, kNow},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(test.name);
    StepQueue queue;
    for (const auto time : test.times) queue.add("a/x", time, kNow);
    EXPECT_EQ(queue.take(test.due - 1ns).has_value(), test.due <= kNow);
    if (test.due > kNow) {
      EXPECT_EQ(queue.take(test.due), "a/x");
    }
    EXPECT_EQ(take_all(queue, kNow + 1h), std::vector<std::string>{});
  }
}

TEST(StepQueue, ForgetsWhoIsRemoved) {
  StepQueue queue;
  for (const auto* id : {"a/1", "a/2", "b/1"}) queue.add(id, kNow, kNow);
  queue.add("c/1", kNow + 1s, kNow);
  queue.remove("a/1");
  queue.remove("b/1");
  queue.remove("c/1");
  queue.remove("nobody/here");
  EXPECT_EQ(queue.ready(), 1u);
  EXPECT_EQ(queue.next_due(), std::nullopt);
  EXPECT_EQ(take_all(queue, kNow + 1h), std::vector<std::string>{"a/2"});
  queue.add("a/1", kNow, kNow);
  EXPECT_EQ(take_all(queue, kNow), std::vector<std::string>{"a/1"});
}

}  // namespace
}  // namespace sealift::puller
