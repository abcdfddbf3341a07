#include <gtest/gtest.h>

#include <optional>

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

// A cluster comes back from a backup, and the puller's disk does not. Objects have the same names,
// UIDs and fields as later, and what they held then.
class ClusterFromABackup : public testing::Test {
 protected:
  ClusterFromABackup() {
    publish("1", 1);
    expect_kind(cluster_.run(world_), Kind::kDelivered);
    backup_ = cluster_;
    second_ = publish("2", 2);
  }
  static void expect_kind(const RunOutcome& outcome, Kind kind) {
    EXPECT_EQ(to_string(outcome.kind), to_string(kind))
        << to_string(outcome.stage) << ": " << (outcome.error ? outcome.error->message() : "");
  }
  Digest publish(const char* content, std::int64_t sequence) {
    return world_.publish({{"a.yaml", config_map("a", content)}}, sequence);
  }
  void restore_objects() {
    cluster_.contents = backup_.contents;
    cluster_.versions = backup_.versions;
    cluster_.revision = backup_.revision;
  }

  DeliveryWorld world_;
  FlatCluster cluster_;
  FlatCluster backup_;
  std::optional<Digest> second_;
};

TEST_F(ClusterFromABackup, IsToldByWhatItRemembersAtTheNextStart) {
  expect_kind(cluster_.run(world_), Kind::kDelivered);
  const auto contents = cluster_.contents;
  restore_objects();
  cluster_.memory = backup_.memory;
  // Touched since it came back.
  for (auto& [id, version] : cluster_.versions) version += 100;
  expect_kind(cluster_.run(world_), Kind::kDelivered);
  EXPECT_EQ(cluster_.contents, contents);
  EXPECT_EQ(cluster_.memory.digest, second_);
  EXPECT_EQ(cluster_.memory.sequence, 2);
  expect_kind(cluster_.run(world_), Kind::kUnchanged);
}

TEST_F(ClusterFromABackup, IsToldByVersionsAtRest) {
  ASSERT_OK(world_.start());
  const auto environment = cluster_.into(world_.environment());
  Puller puller(environment, nullptr, Logger::silent());
  world_.attach(&puller);
  puller.put(world_.configuration.deliveries[0]);
  const auto run = [&] { return puller.run_once({}).at(0).outcome; };
  expect_kind(run(), Kind::kDelivered);
  const auto contents = cluster_.contents;
  expect_kind(run(), Kind::kUnchanged);
  // Made while the second artifact was accepted and not yet applied.
  restore_objects();
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.contents, contents);
  expect_kind(run(), Kind::kUnchanged);
  world_.attach(nullptr);
}

// What failed to be told to the target is no sign of a backup: the way back must not be lost.
TEST_F(ClusterFromABackup, IsNotOneThatWasNotToldOfTheNewestYet) {
  world_.configuration.deliveries[0].on_failure = delivery::FailureAction::kRollback;
  const auto first = backup_.memory.digest;
  cluster_.refuses_begin = true;
  expect_kind(cluster_.run(world_), Kind::kFailed);
  EXPECT_EQ(cluster_.memory.digest, first);
  cluster_.refuses_begin = false;
  cluster_.healthy = false;
  expect_kind(cluster_.run(world_), Kind::kFailed);
  cluster_.healthy = true;
  expect_kind(cluster_.run(world_), Kind::kDelivered);
  EXPECT_EQ(cluster_.memory.digest, first);
  EXPECT_EQ(cluster_.contents, backup_.contents);
}

}  // namespace
}  // namespace sealift::puller
