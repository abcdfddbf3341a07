#include <gtest/gtest.h>

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

const artifacts::test::FileTexts kThree{
    {"a.yaml", config_map("a")}, {"b.yaml", config_map("b")}, {"c.yaml", config_map("c")}};

void expect_kind(const RunOutcome& outcome, Kind kind) {
  EXPECT_EQ(to_string(outcome.kind), to_string(kind))
      << to_string(outcome.stage) << ": "
      << (outcome.error ? outcome.error->message() : "no error");
}

TEST(DeliveryRemoval, RemovesWhateverMayHaveComeFromIt) {
  enum class Known { kNothing, kDigest, kPlaces, kObjects };
  for (const auto known : {Known::kNothing, Known::kDigest, Known::kPlaces, Known::kObjects}) {
    SCOPED_TRACE(static_cast<int>(known));
    DeliveryWorld world;
    FlatCluster cluster;
    world.publish(kThree, 1);
    expect_kind(cluster.run(world), Kind::kDelivered);
    // A backup brings back what it has, and the disk may be another.
    if (known != Known::kDigest) cluster.memory = {};
    cluster.memory.has_places = known == Known::kPlaces;
    if (known != Known::kObjects) {
      ASSERT_OK(world.disk.remove("state/deliveries/shop_web.json"));
    }
    world.configuration.deliveries[0].deleting = true;
    expect_kind(cluster.run(world), Kind::kRemoved);
    EXPECT_EQ(cluster.contents.empty(), known != Known::kNothing);
  }
}

TEST(DeliveryRemoval, CountsWhatItRemovedOverAllAttempts) {
  DeliveryWorld world;
  FlatCluster cluster;
  world.publish(kThree, 1);
  ASSERT_OK(world.start());
  const auto environment = cluster.into(world.environment());
  Puller puller(environment, nullptr, Logger::silent());
  world.attach(&puller);
  puller.put(world.configuration.deliveries[0]);
  expect_kind(puller.run_once({}).at(0).outcome, Kind::kDelivered);
  auto deleted = world.configuration.deliveries[0];
  deleted.deleting = true;
  puller.put(deleted);
  cluster.fails_to_release = true;
  expect_kind(puller.run_once({}).at(0).outcome, Kind::kFailed);
  const auto outcome = puller.run_once({}).at(0).outcome;
  expect_kind(outcome, Kind::kRemoved);
  EXPECT_EQ(outcome.pruned, 2u);
  EXPECT_EQ(outcome.let_go, 1u);
  world.attach(nullptr);
}

TEST(DeliveryRemoval, OfADirectoryRemovesItsFilesOrLetsThemGo) {
  for (const auto policy : {delivery::DeletionPolicy::kDelete, delivery::DeletionPolicy::kOrphan}) {
    const bool deletes = policy == delivery::DeletionPolicy::kDelete;
    DeliveryWorld world;
    world.publish(kThree, 1);
    expect_kind(world.run(), Kind::kDelivered);
    world.configuration.deliveries[0].deleting = true;
    world.configuration.deliveries[0].deletion_policy = policy;
    const auto outcome = world.run_in_new_process();
    expect_kind(outcome, Kind::kRemoved);
    EXPECT_EQ(outcome.pruned, deletes ? 3u : 0u);
    EXPECT_EQ(outcome.let_go, deletes ? 0u : 3u);
    EXPECT_EQ(world.delivered().size(), deletes ? 0u : 3u);
  }
}

}  // namespace
}  // namespace sealift::puller
