#include <gtest/gtest.h>

#include "delivery_world.h"
#include "flat_cluster.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"
#include "unit/artifacts/sample_layer.h"

namespace sealift::puller {
namespace {

using artifacts::test::FileTexts;
using sealift::test::config_map;
using test::DeliveryWorld;
using test::FlatCluster;
using testing::HasSubstr;
using testing::Key;
using testing::UnorderedElementsAre;
using Kind = RunOutcome::Kind;

const FileTexts kFirst{{"a.yaml", config_map("a")}, {"b.yaml", config_map("b")}};
const FileTexts kSecond{{"a.yaml", config_map("a", "2")}, {"c.yaml", config_map("c")}};

void expect_kind(const RunOutcome& outcome, Kind kind) {
  EXPECT_EQ(to_string(outcome.kind), to_string(kind))
      << to_string(outcome.stage) << ": "
      << (outcome.error ? outcome.error->message() : "no error");
}

TEST(DeliveryRun, DeliversUpdatesAndPrunes) {
  DeliveryWorld world;
  world.publish(kFirst, 1);
  auto outcome = world.run();
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_EQ(outcome.applied, 2u);
  EXPECT_THAT(world.delivered(),
              UnorderedElementsAre(Key(".sealift"), Key("2000_ConfigMap_shop_a.yaml"),
                                   Key("2000_ConfigMap_shop_b.yaml")));
  expect_kind(world.run(), Kind::kUnchanged);
  expect_kind(world.run_in_new_process(), Kind::kUnchanged);

  world.publish(kSecond, 2);
  outcome = world.run();
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_EQ(outcome.applied, 2u);
  EXPECT_EQ(outcome.pruned, 1u);
  EXPECT_THAT(world.delivered(),
              UnorderedElementsAre(Key(".sealift"), Key("2000_ConfigMap_shop_a.yaml"),
                                   Key("2000_ConfigMap_shop_c.yaml")));
  EXPECT_THAT(world.delivered()["2000_ConfigMap_shop_a.yaml"], HasSubstr("key: \"2\""));
}

// The artifact became healthy without it, as one that had run and was gone would have been.
TEST(DeliveryRun, AJobOfAnotherPathRunsThoughItsArtifactIsHealthy) {
  DeliveryWorld world;
  FlatCluster cluster;
  const auto job = sealift::test::object_of("batch/v1", "Job", "j") + "spec: {template: {x: 1}}\n";
  const objects::ObjectId id{"batch", "Job", "shop", "j"};
  world.publish(
      {{"v1/a.yaml", config_map("a")}, {"v2/a.yaml", config_map("a")}, {"v2/j.yaml", job}}, 1);
  world.configuration.deliveries[0].path = "v1";
  expect_kind(cluster.run(world), Kind::kDelivered);
  world.configuration.deliveries[0].path = "v2";
  const auto outcome = cluster.run(world);
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_EQ(outcome.applied, 1u);
  EXPECT_TRUE(cluster.contents.contains(id));

  // Where the memory of it is lost, that its artifact was healthy says that it ran.
  cluster.contents.erase(id);
  cluster.memory.healthy = cluster.memory.digest;
  world.writer = "another disk";
  expect_kind(cluster.run(world), Kind::kDelivered);
  EXPECT_FALSE(cluster.contents.contains(id));
}

TEST(DeliveryRun, AFailedRunSaysWhatItApplied) {
  DeliveryWorld world;
  FlatCluster cluster;
  cluster.healthy = false;
  world.publish(kFirst, 1);
  auto outcome = cluster.run(world);
  expect_kind(outcome, Kind::kFailed);
  EXPECT_EQ(outcome.applied, 2u);
  cluster.healthy = true;
  outcome = cluster.run(world);
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_EQ(outcome.applied, 0u) << "that was the run before";
}

class LastReport : public DeliveryListener {
 public:
  void reported(const delivery::Delivery&, const DeliveryReport& report) override {
    report_ = report;
  }
  const DeliveryReport& of_run(DeliveryWorld& world, FlatCluster& cluster) {
    EXPECT_OK(world.start());
    const auto environment = cluster.into(world.environment());
    Puller puller(environment, this, Logger::silent());
    puller.put(world.configuration.deliveries[0]);
    world.attach(&puller);
    puller.run_once({});
    world.attach(nullptr);
    return report_;
  }

 private:
  DeliveryReport report_;
};

TEST(DeliveryRun, WhatDriftedAndIsLeftIsCountedAndNotWaitedFor) {
  DeliveryWorld world;
  FlatCluster cluster;
  LastReport last;
  world.configuration.deliveries[0].drift = delivery::DriftMode::kDetect;
  world.publish(kFirst, 1);
  ASSERT_EQ(to_string(last.of_run(world, cluster).outcome.kind), "delivered");

  cluster.contents.erase({"", "ConfigMap", "shop", "b"});
  auto report = last.of_run(world, cluster);
  expect_kind(report.outcome, Kind::kUnchanged);
  EXPECT_EQ(report.outcome.drifted, 1u);
  ASSERT_EQ(report.kinds.size(), 1u);
  EXPECT_EQ(report.kinds[0].count, 2u);
  EXPECT_EQ(report.kinds[0].healthy, 1u);
  EXPECT_EQ(report.unhealthy_count, 1u);

  cluster.fields = "somebody's";
  cluster.healthy = false;
  report = last.of_run(world, cluster);
  expect_kind(report.outcome, Kind::kUnchanged);
  EXPECT_EQ(report.outcome.drifted, 2u);
  EXPECT_EQ(report.drifted.size(), 2u);
  EXPECT_EQ(report.kinds[0].count, 2u);
  EXPECT_EQ(report.unhealthy_count, 2u);
  EXPECT_EQ(report.unhealthy.size(), 2u);
}

TEST(DeliveryRun, RecordsEachDecisionOnce) {
  DeliveryWorld world;
  world.publish(kFirst, 7);
  for (int i = 0; i < 3; ++i) world.run_in_new_process();
  world.publish(kSecond, 6);
  for (int i = 0; i < 3; ++i) expect_kind(world.run_in_new_process(), Kind::kRefused);
  world.configuration.deliveries[0].artifact.select.tag = "missing";
  for (int i = 0; i < 3; ++i) expect_kind(world.run_in_new_process(), Kind::kFailed);
  ASSERT_OK_ASSIGN(const auto checked, world.check_record());
  EXPECT_EQ(checked.lines, 4u) << world.record();
  const auto record = world.record();
  std::size_t at = 0;
  for (const auto* event : {"accepted", "delivered", "refused", "failed"}) {
    at = record.find("\"event\":\"" + std::string(event) + "\"", at);
    ASSERT_NE(at, std::string::npos) << event << " in " << record;
  }
}

TEST(DeliveryRun, RefusesWithoutAPolicyAndFetchesNothing) {
  DeliveryWorld world;
  world.configuration.policies.clear();
  world.publish(kFirst, 1);
  const auto outcome = world.run();
  expect_kind(outcome, Kind::kRefused);
  EXPECT_EQ(outcome.error->code(), ErrorCode::kUntrusted);
  EXPECT_FALSE(world.disk.exists("state/cache/manifests"));
  EXPECT_FALSE(world.disk.exists("target"));
}

TEST(DeliveryRun, RefusesAnOlderArtifactEvenWithoutItsOwnState) {
  DeliveryWorld world;
  world.publish(kSecond, 2);
  expect_kind(world.run(), Kind::kDelivered);
  const auto before = world.delivered();
  world.publish(kFirst, 1);
  for (const auto* lost : {"nothing", "state/deliveries/shop_web.json"}) {
    SCOPED_TRACE(lost);
    if (world.disk.exists(lost)) {
      ASSERT_OK(world.disk.remove(lost));
    }
    const auto outcome = world.run_in_new_process();
    expect_kind(outcome, Kind::kRefused);
    EXPECT_THAT(outcome.error->message(), HasSubstr("sequence"));
    EXPECT_EQ(world.delivered(), before);
  }
}

TEST(DeliveryRun, GivesBackWhatWasChangedInTheDirectory) {
  DeliveryWorld world;
  world.publish(kFirst, 1);
  expect_kind(world.run(), Kind::kDelivered);
  const auto before = world.delivered();
  world.disk.put("target/shop_web/2000_ConfigMap_shop_a.yaml", "changed");
  ASSERT_OK(world.disk.remove("target/shop_web/2000_ConfigMap_shop_b.yaml"));
  world.disk.put("target/shop_web/notes.txt", "not ours");
  const auto outcome = world.run();
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_EQ(outcome.applied, 2u);
  auto after = world.delivered();
  EXPECT_EQ(after.erase("notes.txt"), 1u);
  EXPECT_EQ(after, before);
}

TEST(DeliveryRun, KeepsAFileWithTheKeepAnnotation) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")},
                 {"b.yaml", config_map("b", "1", ", annotations: {sealift.dev/keep: \"true\"}")}},
                1);
  expect_kind(world.run(), Kind::kDelivered);
  world.publish({{"a.yaml", config_map("a")}}, 2);
  const auto outcome = world.run();
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_EQ(outcome.pruned, 0u);
  EXPECT_THAT(world.delivered(), testing::Contains(Key("2000_ConfigMap_shop_b.yaml")));
  expect_kind(world.run(), Kind::kUnchanged);
}

TEST(DeliveryRun, DoesNotTakeOverAFolderOfOthers) {
  DeliveryWorld world;
  world.publish(kFirst, 1);
  world.disk.put("target/shop_web/precious.yaml", "x");
  auto outcome = world.run();
  expect_kind(outcome, Kind::kFailed);
  EXPECT_EQ(outcome.error->code(), ErrorCode::kConflict);
  world.disk.put("target/shop_web/.sealift", R"({"delivery":"shop/other","digest":")" +
                                                 Digest::of("x").to_string() +
                                                 R"(","sequence":1})");
  outcome = world.run();
  expect_kind(outcome, Kind::kFailed);
  EXPECT_THAT(outcome.error->message(), HasSubstr("belongs to the Delivery shop/other"));
  EXPECT_THAT(world.delivered(), UnorderedElementsAre(Key(".sealift"), Key("precious.yaml")));
}

TEST(DeliveryRun, RefusesANameTooLongForAFileBeforeTheFirstWrite) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}, {"b.yaml", config_map(std::string(230, 'b'))}}, 1);
  const auto outcome = world.run();
  expect_kind(outcome, Kind::kFailed);
  EXPECT_EQ(to_string(outcome.stage), "preflight");
  EXPECT_THAT(outcome.error->message(), HasSubstr("b.yaml:1:1"));
  EXPECT_FALSE(world.disk.exists("target/shop_web"));
}

TEST(DeliveryRun, FetchesAgainWhatTheDiskSpoiled) {
  DeliveryWorld world;
  const auto digest = world.publish(kFirst, 1);
  expect_kind(world.run(), Kind::kDelivered);
  const auto before = world.delivered();
  FileTexts cached;
  for (const auto* kind : {"manifests", "signatures", "blobs"}) {
    ASSERT_OK_ASSIGN(const auto entries, world.disk.list("state/cache/" + std::string(kind)));
    ASSERT_FALSE(entries.empty());
    for (const auto& entry : entries) {
      SCOPED_TRACE(kind);
      const auto path = "state/cache/" + std::string(kind) + "/" + entry.name;
      auto bytes = world.disk.content(path);
      cached[path] = bytes;
      bytes[bytes.size() / 2] ^= 1;
      world.disk.put(path, bytes);
    }
  }
  const auto outcome = world.run_in_new_process();
  expect_kind(outcome, Kind::kUnchanged);
  EXPECT_EQ(outcome.digest, digest);
  for (const auto& [path, good] : cached) EXPECT_EQ(world.disk.content(path), good) << path;
  EXPECT_EQ(world.delivered(), before);
}

TEST(DeliveryRun, AppliesOnceMoreWhereTheStateIsBroken) {
  DeliveryWorld world;
  world.publish(kFirst, 1);
  expect_kind(world.run(), Kind::kDelivered);
  const auto before = world.delivered();
  world.disk.put("state/deliveries/shop_web.json", "{broken");
  const auto outcome = world.run_in_new_process();
  expect_kind(outcome, Kind::kDelivered);
  EXPECT_EQ(outcome.applied, 2u);
  EXPECT_EQ(world.delivered(), before);
  expect_kind(world.run(), Kind::kUnchanged);
}

TEST(DeliveryRun, DoesNothingForASuspendedDelivery) {
  DeliveryWorld world;
  world.publish(kFirst, 1);
  ASSERT_OK(world.start());
  const auto calls = world.disk.call_count();
  world.configuration.deliveries[0].suspend = true;
  expect_kind(world.run(), Kind::kSuspended);
  EXPECT_EQ(world.disk.call_count(), calls);
}

TEST(DeliveryRun, PutsBackWhatMarksItWhereSomebodyTookThatOff) {
  DeliveryWorld world;
  FlatCluster cluster;
  world.publish(kFirst, 1);
  expect_kind(cluster.run(world), Kind::kDelivered);
  cluster.intact = false;
  expect_kind(cluster.run(world), Kind::kUnchanged);
  EXPECT_TRUE(cluster.intact) << "while no puller ran";

  ASSERT_OK(world.start());
  const auto environment = cluster.into(world.environment());
  Puller puller(environment, nullptr, Logger::silent());
  world.attach(&puller);
  puller.put(world.configuration.deliveries[0]);
  for (const auto* when : {"at its start", "at rest", "at rest again"}) {
    cluster.intact = false;
    expect_kind(puller.run_once({}).at(0).outcome, Kind::kUnchanged);
    EXPECT_TRUE(cluster.intact) << when;
  }
  const auto known = cluster.memory;
  cluster.healthy = false;
  cluster.intact = false;
  expect_kind(puller.run_once({}).at(0).outcome, Kind::kFailed);
  EXPECT_TRUE(cluster.intact);
  EXPECT_EQ(cluster.memory.digest, known.digest);
  EXPECT_EQ(cluster.memory.sequence, known.sequence);
  world.attach(nullptr);
}

TEST(DeliveryRun, GoesBackToOldContentThoughAPowerCutTookTheJournal) {
  DeliveryWorld world;
  FlatCluster cluster;
  const auto run = [&] { return cluster.run(world); };
  world.publish({{"a.yaml", config_map("a", "1")}}, 1);
  expect_kind(run(), Kind::kDelivered);
  const auto first = cluster.contents;

  // Everything is applied, and nothing of it reaches the disk behind the acceptance.
  world.publish({{"a.yaml", config_map("a", "2")}}, 2);
  const auto calls_before = world.disk.call_count();
  expect_kind(run(), Kind::kDelivered);
  const auto calls = world.disk.call_count() - calls_before;
  for (std::size_t n = 1; n <= calls; n += sealift::test::kFaultStride) {
    SCOPED_TRACE("the power goes at call " + std::to_string(n));
    const auto sequence = static_cast<std::int64_t>(2 * n);
    world.publish({{"a.yaml", config_map("a", "1")}}, sequence + 1);
    run();
    ASSERT_EQ(cluster.contents, first);
    world.publish({{"a.yaml", config_map("a", "2")}}, sequence + 2);
    world.disk.fail_from(n, Error(ErrorCode::kIo, "the power is gone"));
    EXPECT_NE(run().kind, Kind::kUnchanged);
    world.disk.power_cut();
    world.publish({{"a.yaml", config_map("a", "1")}}, sequence + 3);
    run();
    ASSERT_EQ(cluster.contents, first);
  }
}

}  // namespace
}  // namespace sealift::puller
