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

constexpr const char* kState = "state/deliveries/shop_web.json";

// Two replicas, each with a disk of its own, lead in turns. The same fields belong to the puller
// all the time, so that managedFields do not tell whose content is there.
class TwoDisks : public testing::Test {
 protected:
  void expect_kind(const RunOutcome& outcome, Kind kind) {
    EXPECT_EQ(to_string(outcome.kind), to_string(kind))
        << to_string(outcome.stage) << ": " << (outcome.error ? outcome.error->message() : "");
  }
  RunOutcome run() { return cluster_.run(world_); }
  std::string disk() { return read_file(world_.disk, kState, 1u << 20).value(); }
  void put_in(const std::string& disk) {
    ASSERT_OK(write_file_atomically(world_.disk, kState, disk));
  }
  Digest publish(const char* content, std::int64_t sequence) {
    return world_.publish({{"a.yaml", config_map("a", content)}}, sequence);
  }

  DeliveryWorld world_;
  FlatCluster cluster_;
};

TEST_F(TwoDisks, WhatAnotherReplicaAppliedIsNotTakenForOurs) {
  world_.writer = "one";
  publish("1", 1);
  expect_kind(run(), Kind::kDelivered);
  const auto content = cluster_.contents.begin()->second;
  const auto first_disk = disk();
  ASSERT_OK(world_.disk.remove(kState));
  world_.writer = "another";
  publish("2", 2);
  expect_kind(run(), Kind::kDelivered);
  ASSERT_NE(cluster_.contents.begin()->second, content);

  put_in(first_disk);
  world_.writer = "one";
  const auto reverted = publish("1", 3);
  expect_kind(run(), Kind::kDelivered);
  EXPECT_EQ(cluster_.contents.begin()->second, content);
  EXPECT_EQ(cluster_.applied.back(), reverted);
}

TEST_F(TwoDisks, OneDiskIsBelievedInEveryProcess) {
  publish("1", 1);
  expect_kind(run(), Kind::kDelivered);
  const auto written = cluster_.applied.size();
  for (int process = 0; process < 3; ++process) expect_kind(run(), Kind::kUnchanged);
  EXPECT_EQ(cluster_.applied.size(), written);
}

}  // namespace
}  // namespace sealift::puller
