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

}  // namespace
}  // namespace sealift::puller
