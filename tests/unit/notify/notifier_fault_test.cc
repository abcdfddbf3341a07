#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "notifier_world.h"
#include "support/result_matchers.h"

namespace sealift::notify {
namespace {

using sealift::test::FaultyFileSystem;
using test::NotifierWorld;
using test::sample;
using Loss = FaultyFileSystem::Loss;

// A process that saves three notifications one by one while one sink takes them and the other is
// away. What a sink has "been promised" is what flush() said was safe.
struct Promise {
  std::vector<std::string> saved;
};

Promise run_first_process(NotifierWorld& world) {
  Promise promise;
  world.set_status("away", 0);
  world.start();
  for (const auto* name : {"a", "b", "c"}) {
    world.notifier->send(sample(name));
    if (world.notifier->flush()) promise.saved.push_back("Refused " + std::string(name));
  }
  world.wait_taken("near", 3);
  world.stop();
  return promise;
}

bool is_subsequence(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  auto at = whole.begin();
  for (const auto& item : part) {
    at = std::find(at, whole.end(), item);
    if (at == whole.end()) return false;
    ++at;
  }
  return true;
}

// After the fault, a new process on a disk that works: all that was promised arrives, in order,
// nothing that was never sent, and new ones arrive, too.
void expect_kept(NotifierWorld& world, const Promise& promise) {
  world.set_status("away", 200);
  world.start();
  world.notifier->send(sample("new"));
  const auto last = std::string("Refused new");
  std::size_t count = 1;
  while (world.wait_taken("away", count).back() != last) ++count;
  const auto taken = world.taken("away");
  EXPECT_TRUE(is_subsequence(promise.saved, taken)) << testing::PrintToString(taken);
  EXPECT_TRUE(is_subsequence(taken, {"Refused a", "Refused b", "Refused c", "Refused new"}))
      << testing::PrintToString(taken);
  std::size_t near = 4;
  while (world.wait_taken("near", near).back() != last) ++near;
  EXPECT_OK(world.notifier->flush());
  world.stop();
  EXPECT_EQ(world.disk.list("/state/notify")->size(), 1u) << "nothing is left behind";
}

std::size_t calls_of_first_process() {
  NotifierWorld world({"away", "near"});
  EXPECT_EQ(run_first_process(world).saved.size(), 3u);
  return world.disk.call_count();
}

TEST(NotifierFaults, LoseNothingThatWasSafeAtEachFailedCall) {
  const auto calls = calls_of_first_process();
  ASSERT_GT(calls, 20u);
  for (std::size_t n = 1; n <= calls; ++n) {
    NotifierWorld world({"away", "near"});
    world.disk.fail_call(n, Error(ErrorCode::kIo, "the disk failed"));
    const auto promise = run_first_process(world);
    // How many calls there are depends on what threads do together.
    if (world.disk.call_count() < n) return;
    SCOPED_TRACE("call " + std::to_string(n));
    expect_kept(world, promise);
    if (testing::Test::HasFailure()) return;
  }
}

TEST(NotifierFaults, LoseNothingThatWasSafeAtEachPowerCut) {
  const auto calls = calls_of_first_process();
  for (const auto loss : {Loss::kEverythingUnsynced, Loss::kContentAlone}) {
    for (std::size_t n = 1; n <= calls + 1; ++n) {
      NotifierWorld world({"away", "near"});
      world.disk.fail_from(n, Error(ErrorCode::kIo, "the power is off"));
      const auto promise = run_first_process(world);
      world.disk.power_cut(loss);
      SCOPED_TRACE("call " + std::to_string(n) +
                   (loss == Loss::kContentAlone ? ", content lost" : ", everything lost"));
      expect_kept(world, promise);
      if (testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace sealift::notify
