#include <sealift/puller/cache_tidying.h>
#include <sealift/puller/puller.h>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "running_world.h"
#include "support/faulty_file_system.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"

namespace sealift::puller {
namespace {

using sealift::test::config_map;
using test::DeliveryWorld;

void run_and_tidy(DeliveryWorld& world) {
  const auto environment = world.environment();
  Puller puller(environment, nullptr, Logger::silent());
  (void)test::run_all_once(world, puller);
  EXPECT_OK(tidy_cache(puller, environment.artifacts));
}

TEST(CacheTidying, TidiesTheCacheOnlyWhereItKnowsWhatIsWanted) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}}, 1);
  ASSERT_OK(world.start());
  const auto blobs = [&] { return world.disk.list("state/cache/blobs").value().size(); };
  run_and_tidy(world);
  EXPECT_EQ(blobs(), 1u);
  world.publish({{"a.yaml", config_map("a", "2")}}, 2);
  run_and_tidy(world);
  EXPECT_EQ(blobs(), 1u);

  // Nothing is removed while one state cannot be read.
  world.disk.put("state/cache/blobs/stray", "x");
  auto other = world.configuration.deliveries[0];
  other.name = "other";
  other.suspend = true;
  world.configuration.deliveries.push_back(other);
  world.disk.put("state/deliveries/shop_other.json", "{broken");
  run_and_tidy(world);
  EXPECT_EQ(blobs(), 2u);
  ASSERT_OK(world.disk.remove("state/deliveries/shop_other.json"));
  run_and_tidy(world);
  EXPECT_EQ(blobs(), 1u);
}

// A disk on which somebody looks at each file that is opened.
class WatchedDisk : public sealift::test::FaultyFileSystem {
 public:
  Result<std::unique_ptr<ByteSource>> open(const std::string& path) override {
    if (on_open) on_open(path);
    return FaultyFileSystem::open(path);
  }
  std::function<void(const std::string& path)> on_open;
};

TEST(CacheTidying, ReadsStatesWithoutItsLockAndABrokenOneOnce) {
  DeliveryWorld world;
  ASSERT_OK(world.start());
  const auto shared = world.environment();
  WatchedDisk disk;
  target::StateStore states(disk, "deliveries");
  const RunEnvironment environment{shared.artifacts, shared.secrets,  states,
                                   shared.decisions, shared.clock,    shared.deadlines,
                                   shared.random,    shared.policies, shared.open_target};
  Puller puller(environment, nullptr, Logger::silent());
  target::DeliveryState accepted;
  accepted.accepted_digest = Digest::of("accepted");
  auto delivery = world.configuration.deliveries[0];
  ASSERT_OK(states.save(delivery.id(), accepted));
  puller.put(delivery);

  std::size_t opened = 0;
  disk.on_open = [&](const std::string& path) {
    if (!path.ends_with(".json")) return;
    ++opened;
    EXPECT_EQ(puller.counts().deliveries, opened) << "takes the lock";
  };
  EXPECT_EQ(puller.wanted_digests(), std::vector{Digest::of("accepted")});
  EXPECT_EQ(opened, 1u);
  delivery.name = "z-broken";
  disk.put("deliveries/shop_z-broken.json", "{broken");
  puller.put(delivery);
  EXPECT_EQ(puller.wanted_digests(), std::nullopt);
  EXPECT_EQ(opened, 2u) << "the first one is known";
  EXPECT_EQ(puller.wanted_digests(), std::nullopt);
  EXPECT_EQ(opened, 2u);
}

}  // namespace
}  // namespace sealift::puller
