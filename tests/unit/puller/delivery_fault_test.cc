#include <gtest/gtest.h>

#include "delivery_world.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/artifacts/sample_layer.h"

namespace sealift::puller {
namespace {

using artifacts::test::FileTexts;
using sealift::test::config_map;
using sealift::test::FaultyFileSystem;
using sealift::test::kFaultStride;
using test::DeliveryWorld;
using Kind = RunOutcome::Kind;
using Loss = FaultyFileSystem::Loss;

// The second one changes "a", drops "c", adds "d" and moves "moved" to another wave.
const FileTexts kFirst{{"a.yaml", config_map("a")},
                       {"b.yaml", config_map("b")},
                       {"c.yaml", config_map("c")},
                       {"moved.yaml", config_map("moved")}};
const FileTexts kSecond{
    {"a.yaml", config_map("a", "2")},
    {"b.yaml", config_map("b")},
    {"d.yaml", config_map("d")},
    {"moved.yaml", config_map("moved", "1", ", annotations: {sealift.dev/wave: '5'}")}};

enum class Phase { kFirstDelivery, kUpdate };

std::string show(const RunOutcome& outcome) {
  return std::string(to_string(outcome.kind)) + " at " + std::string(to_string(outcome.stage)) +
         ": " + (outcome.error ? outcome.error->message() : "no error");
}

bool is_hidden(const std::string& name) { return name.starts_with('.'); }

FileTexts visible(FileTexts files) {
  std::erase_if(files, [](const auto& file) { return is_hidden(file.first); });
  return files;
}

// Where the phase begins; what it leads to is the same for every fault in it.
class FaultedDelivery : public testing::TestWithParam<Phase> {
 protected:
  void SetUp() override {
    prepared_.publish(kFirst, 1);
    if (GetParam() == Phase::kUpdate) {
      ASSERT_EQ(prepared_.run().kind, Kind::kDelivered);
      prepared_.publish(kSecond, 2);
    }
    start_ = prepared_.delivered();
    DeliveryWorld world;
    world.begin_as(prepared_);
    const auto calls = world.disk.call_count();
    ASSERT_EQ(world.run_in_new_process().kind, Kind::kDelivered);
    calls_ = world.disk.call_count() - calls;
    end_ = world.delivered();
    ASSERT_GT(calls_, 50u);
  }

  RunOutcome run_with_failed_call(DeliveryWorld& world, std::size_t n) const {
    world.begin_as(prepared_);
    world.disk.fail_call(n, Error(ErrorCode::kIo, "the disk failed"));
    return world.run_in_new_process();
  }

  // Whoever reads the directory at this moment sees whole files alone.
  void expect_whole_files(DeliveryWorld& world) const {
    for (const auto& [name, bytes] : world.delivered()) {
      if (is_hidden(name)) continue;
      const auto before = start_.find(name);
      const auto after = end_.find(name);
      EXPECT_TRUE((before != start_.end() && before->second == bytes) ||
                  (after != end_.end() && after->second == bytes))
          << name << ": " << bytes;
    }
  }

  void expect_mended(DeliveryWorld& world, const RunOutcome& second) const {
    EXPECT_TRUE(second.kind == Kind::kDelivered || second.kind == Kind::kUnchanged) << show(second);
    EXPECT_EQ(world.delivered(), end_);
    const auto third = world.run_in_new_process();
    EXPECT_EQ(third.kind, Kind::kUnchanged) << show(third);
    EXPECT_OK(world.check_record());
    for (const auto* event : {"accepted", "delivered"}) {
      EXPECT_NE(world.record().find("\"event\":\"" + std::string(event) + "\""), std::string::npos);
    }
    world.publish(kFirst, 0);
    const auto replayed = world.run_in_new_process();
    EXPECT_EQ(replayed.kind, Kind::kRefused) << show(replayed);
    EXPECT_EQ(world.delivered(), end_);
  }

  DeliveryWorld prepared_;
  FileTexts start_;
  FileTexts end_;
  std::size_t calls_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Phases, FaultedDelivery,
                         testing::Values(Phase::kFirstDelivery, Phase::kUpdate),
                         [](const auto& phase) {
                           return phase.param == Phase::kUpdate ? "Update" : "FirstDelivery";
                         });

TEST_P(FaultedDelivery, IsFinishedAfterEachFailedCall) {
  for (std::size_t n = 1; n <= calls_; n += kFaultStride) {
    DeliveryWorld world;
    const auto first = run_with_failed_call(world, n);
    SCOPED_TRACE("call " + std::to_string(n) + ", first run " + show(first));
    if (first.kind == Kind::kFailed) {
      EXPECT_EQ(first.error->code(), ErrorCode::kIo);
    }
    expect_whole_files(world);
    // The same process goes on, as in a loop.
    expect_mended(world, world.run());
    if (HasFailure()) return;
  }
}

// Once it was accepted it is not left by halves, whatever comes after it.
TEST_P(FaultedDelivery, IsWholeWhenTheNextOneIsRefused) {
  if (GetParam() == Phase::kFirstDelivery) return;  // nothing would be older then
  std::size_t finished = 0;
  for (std::size_t n = 1; n <= calls_; n += kFaultStride) {
    DeliveryWorld world;
    const auto first = run_with_failed_call(world, n);
    SCOPED_TRACE("call " + std::to_string(n) + ", first run " + show(first));
    world.publish(kFirst, 0);
    const auto second = world.run_in_new_process();
    EXPECT_EQ(second.kind, Kind::kRefused) << show(second);
    const auto left = visible(world.delivered());
    EXPECT_TRUE(left == visible(start_) || left == visible(end_));
    if (first.kind == Kind::kFailed && left == visible(end_)) ++finished;
    if (HasFailure()) return;
  }
  EXPECT_GT(finished, 0u);
}

TEST_P(FaultedDelivery, IsFinishedAfterEachPowerCut) {
  for (const auto loss : {Loss::kEverythingUnsynced, Loss::kContentAlone}) {
    for (std::size_t n = 1; n <= calls_ + 1; n += kFaultStride) {
      DeliveryWorld world;
      world.begin_as(prepared_);
      world.disk.fail_from(n, Error(ErrorCode::kIo, "the power is off"));
      const auto first = world.run_in_new_process();
      SCOPED_TRACE("call " + std::to_string(n) + ", first run " + show(first) +
                   (loss == Loss::kContentAlone ? ", content lost" : ", everything lost"));
      const bool done = first.kind == Kind::kDelivered;
      EXPECT_EQ(done, n > calls_);
      world.disk.power_cut(loss);
      expect_whole_files(world);
      if (done) {
        EXPECT_EQ(world.delivered(), end_);
      }
      expect_mended(world, world.run_in_new_process());
      if (HasFailure()) return;
    }
  }
}

TEST_P(FaultedDelivery, IsFinishedAfterAFullDisk) {
  for (std::uint64_t room = 0;; room += 97 * kFaultStride) {
    DeliveryWorld world;
    world.begin_as(prepared_);
    // From less than the disk holds already to all that the run needs.
    world.disk.set_capacity(room);
    const auto first = world.run_in_new_process();
    SCOPED_TRACE("room " + std::to_string(room) + ", first run " + show(first));
    expect_whole_files(world);
    world.disk.set_capacity(1u << 30);
    expect_mended(world, world.run());
    if (HasFailure() || first.kind == Kind::kDelivered) return;
  }
}

}  // namespace
}  // namespace sealift::puller
