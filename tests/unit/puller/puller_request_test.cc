#include <sealift/puller/puller.h>

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "delivery_world.h"
#include "flat_cluster.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"

namespace sealift::puller {
namespace {

using sealift::test::config_map;
using test::DeliveryWorld;
using test::FlatCluster;
using Kind = RunOutcome::Kind;

// By put() alone: between that and another call a worker might answer the request with what the
// registry said before.
TEST(PullerRequest, ComesWithTheDeliveryAndLooksAtTheReferenceAfresh) {
  DeliveryWorld world;
  auto& delivery = world.configuration.deliveries[0];
  delivery.interval = std::chrono::hours(1);
  delivery.requested_at = "2026-11-23T06:00:00Z";
  world.publish({{"a.yaml", config_map("a", "1")}}, 1);
  ASSERT_OK(world.start());
  const auto environment = world.environment();
  Puller puller(environment, nullptr, Logger::silent());
  world.attach(&puller);
  const auto run = [&] {
    puller.put(delivery);
    return to_string(puller.run_once({}).at(0).outcome.kind);
  };
  ASSERT_EQ(run(), "delivered");
  world.publish({{"a.yaml", config_map("a", "2")}}, 2);
  EXPECT_EQ(run(), "unchanged") << "the same request again asks for nothing";
  delivery.requested_at = "2026-11-23T06:00:01Z";
  EXPECT_EQ(run(), "delivered");
  world.attach(nullptr);
}

// Tells of the first step that waits for objects, and of the one that delivered.
class Watcher : public DeliveryListener {
 public:
  void reported(const delivery::Delivery&, const DeliveryReport& report) override {
    const std::scoped_lock lock(mutex_);
    waits_ = waits_ || report.outcome.stage == RunStage::kWait;
    if (report.outcome.kind == Kind::kDelivered) delivered_ = report.outcome;
    changed_.notify_all();
  }
  void wait_for_a_wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waits_; });
  }
  RunOutcome wait_for_the_end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return delivered_.has_value(); });
    return *delivered_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool waits_ = false;
  std::optional<RunOutcome> delivered_;
};

TEST(PullerRequest, DuringARunLosesNoCountOfIt) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}, {"b.yaml", config_map("b")}}, 1);
  ASSERT_OK(world.start());
  FlatCluster cluster;
  std::atomic<objects::Health> health = objects::Health::kInProgress;
  cluster.judge = [&] { return health.load(); };
  const auto environment = cluster.into(world.environment(system_clock()));
  Watcher watcher;
  Puller puller(environment, &watcher, Logger::silent());
  world.attach(&puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  auto delivery = world.configuration.deliveries[0];
  puller.put(delivery);
  watcher.wait_for_a_wait();
  delivery.requested_at = "now";
  puller.put(delivery);
  health = objects::Health::kCurrent;
  puller.wake(delivery.id());
  const auto outcome = watcher.wait_for_the_end();
  EXPECT_EQ(outcome.applied, 2u);
  EXPECT_EQ(outcome.unchanged, 0u);
  running.request_stop();
  running.join();
  world.attach(nullptr);
}

}  // namespace
}  // namespace sealift::puller
