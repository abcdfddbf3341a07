#include <sealift/puller/cache_tidying.h>
#include <sealift/puller/puller.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
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

// Counts what the puller says; a test waits for it instead of sleeping.
class CountingSink : public ByteSink {
 public:
  Result<> write(std::string_view line) override {
    const std::scoped_lock lock(mutex_);
    for (const auto* word : {"\"delivered\"", "\"failed\"", "\"refused\""}) {
      if (line.find(word) != std::string_view::npos) ++counts_[word];
    }
    changed_.notify_all();
    return {};
  }
  void wait_for(const std::string& word, int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return counts_["\"" + word + "\""] >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> counts_;
};

void put_all(DeliveryWorld& world, Puller& puller) {
  for (const auto& delivery : world.configuration.deliveries) puller.put(delivery);
  world.attach(&puller);
}

std::vector<DeliveryOutcome> run_all_once(DeliveryWorld& world, Puller& puller) {
  put_all(world, puller);
  auto outcomes = puller.run_once({});
  world.attach(nullptr);
  return outcomes;
}

void run_and_tidy(DeliveryWorld& world) {
  const auto environment = world.environment();
  Puller puller(environment, nullptr, Logger::silent());
  (void)run_all_once(world, puller);
  EXPECT_OK(tidy_cache(puller, environment.artifacts));
}

// Six Deliveries of one artifact: four that work, one without its tag, one that shares its folder's
// name with nobody but finds it taken.
void make_deliveries(DeliveryWorld& world) {
  using namespace std::chrono_literals;
  auto& deliveries = world.configuration.deliveries;
  const auto sample = deliveries[0];
  deliveries.clear();
  for (const auto* name : {"a", "b", "c", "d", "missing", "taken"}) {
    deliveries.push_back(sample);
    deliveries.back().name = name;
    deliveries.back().interval = 1ms;
    deliveries.back().retry_interval = 1ms;
  }
  deliveries[4].artifact.select.tag = "missing";
  world.disk.put("target/shop_taken/others.yaml", "x");
}

TEST(Puller, RunsEachDeliveryOnce) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}}, 1);
  make_deliveries(world);
  ASSERT_OK(world.start());
  const auto environment = world.environment();
  Puller puller(environment, nullptr, Logger::silent(), {.max_parallel = 3});
  const auto outcomes = run_all_once(world, puller);
  ASSERT_EQ(outcomes.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    SCOPED_TRACE(outcomes[i].delivery);
    EXPECT_EQ(outcomes[i].delivery, world.configuration.deliveries[i].id());
    EXPECT_EQ(to_string(outcomes[i].outcome.kind), i < 4 ? "delivered" : "failed");
  }
  EXPECT_EQ(outcomes[4].outcome.error->code(), ErrorCode::kNotFound);
  EXPECT_EQ(outcomes[5].outcome.error->code(), ErrorCode::kConflict);
  EXPECT_OK(world.check_record());
}

TEST(Puller, RunsUntilItIsStopped) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}}, 1);
  make_deliveries(world);
  ASSERT_OK(world.start());
  const auto environment = world.environment(system_clock());
  const auto sink = std::make_shared<CountingSink>();
  Puller puller(environment, nullptr, Logger::to_sink(sink, LogFormat::kJson, LogLevel::kInfo),
                {.max_parallel = 4});
  put_all(world, puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  sink->wait_for("delivered", 4);
  sink->wait_for("failed", 20);
  // While they run, the next version appears.
  world.publish({{"a.yaml", config_map("a", "2")}, {"b.yaml", config_map("b")}}, 2);
  sink->wait_for("delivered", 6);
  running.request_stop();
  running.join();
  EXPECT_OK(world.check_record());
  // Whatever it was stopped in, the next run finishes.
  Puller again(environment, nullptr, Logger::silent(), {.max_parallel = 4});
  const auto outcomes = run_all_once(world, again);
  for (std::size_t i = 0; i < 4; ++i) {
    SCOPED_TRACE(outcomes[i].delivery);
    EXPECT_TRUE(outcomes[i].outcome.kind == Kind::kDelivered ||
                outcomes[i].outcome.kind == Kind::kUnchanged);
    EXPECT_TRUE(world.disk.exists("target/shop_" + world.configuration.deliveries[i].name +
                                  "/2000_ConfigMap_shop_b.yaml"));
  }
  EXPECT_OK(world.check_record());
}

// A Delivery that looks at its reference once an hour, and at what failed at once.
void retry_at_once(DeliveryWorld& world) {
  auto& delivery = world.configuration.deliveries[0];
  delivery.interval = std::chrono::hours(1);
  delivery.retry_interval = std::chrono::milliseconds(1);
}

TEST(Puller, ARetryLooksAtTheReferenceAfresh) {
  DeliveryWorld world;
  retry_at_once(world);
  world.publish({{"a.yaml", config_map("a", "broken")}}, 1);
  world.disk.put("target/shop_web/others.yaml", "x");
  ASSERT_OK(world.start());
  const auto environment = world.environment(system_clock());
  const auto sink = std::make_shared<CountingSink>();
  Puller puller(environment, nullptr, Logger::to_sink(sink, LogFormat::kJson, LogLevel::kInfo), {});
  put_all(world, puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  sink->wait_for("failed", 2);
  world.publish({{"a.yaml", config_map("a", "mended")}}, 2);
  ASSERT_OK(world.disk.remove("target/shop_web/others.yaml"));
  sink->wait_for("delivered", 1);
  running.request_stop();
  running.join();
  EXPECT_THAT(world.delivered().at("2000_ConfigMap_shop_a.yaml"), testing::HasSubstr("mended"));
  world.attach(nullptr);
}

// A signature by the referrers API has no tag, and so no webhook and no HEAD tells of it.
TEST(Puller, ARetryFindsTheSignatureThatCameLater) {
  DeliveryWorld world;
  retry_at_once(world);
  world.publish_unsigned({{"a.yaml", config_map("a")}}, 1);
  ASSERT_OK(world.start());
  const auto environment = world.environment(system_clock());
  const auto sink = std::make_shared<CountingSink>();
  Puller puller(environment, nullptr, Logger::to_sink(sink, LogFormat::kJson, LogLevel::kInfo), {});
  put_all(world, puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  sink->wait_for("refused", 1);
  world.sign_published();
  sink->wait_for("delivered", 1);
  running.request_stop();
  running.join();
  EXPECT_TRUE(world.delivered().contains("2000_ConfigMap_shop_a.yaml"));
  world.attach(nullptr);
}

// A cluster that answers as slowly as a request may last.
TEST(Puller, SlowRemoteClustersOfManyTenantsLeaveAWorkerToOthers) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}}, 1);
  auto& deliveries = world.configuration.deliveries;
  const auto sample = deliveries[0];
  deliveries.clear();
  for (const auto* name : {"r1", "r2", "r3", "r4", "r5", "r6"}) {
    deliveries.push_back(sample);
    deliveries.back().name_space = std::string("tenant-") + name;
    deliveries.back().name = name;
    deliveries.back().kube_config.secret_name = "edge";
  }
  ASSERT_OK(world.start());
  std::mutex mutex;
  std::condition_variable changed;
  int held = 0;
  bool let_go = false;
  auto environment = world.environment(system_clock());
  environment.open_target = [&, open = environment.open_target](
                                const delivery::Delivery& delivery,
                                const Logger& log) -> Result<std::unique_ptr<target::Target>> {
    if (!delivery.kube_config.secret_name.empty()) {
      std::unique_lock lock(mutex);
      ++held;
      changed.notify_all();
      changed.wait(lock, [&] { return let_go; });
    }
    return open(delivery, log);
  };
  const auto sink = std::make_shared<CountingSink>();
  Puller puller(environment, nullptr, Logger::to_sink(sink, LogFormat::kJson, LogLevel::kInfo),
                {.max_parallel = 4});
  put_all(world, puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return held >= 3; });
  }
  puller.put(sample);
  sink->wait_for("delivered", 1);
  {
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(held, 3);
    let_go = true;
    changed.notify_all();
  }
  // None of those that waited is forgotten.
  sink->wait_for("delivered", 7);
  running.request_stop();
  running.join();
  world.attach(nullptr);
}

// Removes the Delivery and puts it again while its step has not ended.
TEST(Puller, HearsOfMembersDuringTheFirstStep) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}}, 1);
  world.configuration.deliveries[0].interval = std::chrono::hours(1);
  world.configuration.deliveries[0].timeout = std::chrono::hours(1);
  ASSERT_OK(world.start());
  FlatCluster cluster;
  const auto environment = cluster.into(world.environment(system_clock()));
  // All about the artifact is known then, so that the first step of the next one gets to its end.
  ASSERT_EQ(to_string(world.run_in(environment).kind), "delivered");
  cluster.contents.clear();

  const auto sink = std::make_shared<CountingSink>();
  Puller puller(environment, nullptr, Logger::to_sink(sink, LogFormat::kJson, LogLevel::kInfo));
  cluster.judge = [&, is_first = true]() mutable {
    if (!std::exchange(is_first, false)) return objects::Health::kCurrent;
    // It becomes healthy between this look at it and the end of the step.
    puller.wake_set("set");
    return objects::Health::kInProgress;
  };
  put_all(world, puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  sink->wait_for("delivered", 1);
  running.request_stop();
  running.join();
  world.attach(nullptr);
}

class Returning : public DeliveryListener {
 public:
  explicit Returning(delivery::Delivery delivery) : delivery_(std::move(delivery)) {}
  void attach(Puller& puller) { puller_ = &puller; }
  void reported(const delivery::Delivery&, const DeliveryReport& report) override {
    const std::scoped_lock lock(mutex_);
    if (report.outcome.kind == Kind::kDelivered && !returned_) {
      returned_ = true;
      puller_->remove(delivery_.id());
      puller_->put(delivery_);
    } else if (returned_ && report.outcome.kind == Kind::kUnchanged) {
      again_ = true;
      changed_.notify_all();
    }
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return again_; });
  }

 private:
  delivery::Delivery delivery_;
  Puller* puller_ = nullptr;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool returned_ = false;
  bool again_ = false;
};

// It must neither be stepped beside the one before it nor be forgotten with it.
TEST(Puller, StepsADeliveryThatComesAgainDuringTheStepOfTheOneBefore) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}}, 1);
  ASSERT_OK(world.start());
  const auto environment = world.environment(system_clock());
  Returning listener(world.configuration.deliveries[0]);
  Puller puller(environment, &listener, Logger::silent(), {.max_parallel = 4});
  listener.attach(puller);
  put_all(world, puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  listener.wait();
  running.request_stop();
  running.join();
  world.attach(nullptr);
}

// Waits for what is reported of a Delivery.
class Hearing : public DeliveryListener {
 public:
  void reported(const delivery::Delivery& delivery, const DeliveryReport& report) override {
    const std::scoped_lock lock(mutex_);
    last_.insert_or_assign(delivery.name, report.outcome);
    changed_.notify_all();
  }
  RunOutcome wait_for(const std::string& name,
                      const std::function<bool(const RunOutcome&)>& wanted) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] {
      const auto found = last_.find(name);
      return found != last_.end() && wanted(found->second);
    });
    return last_.at(name);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, RunOutcome> last_;
};

// Who waits already is told of a circle that somebody else closes, and does not wait for its end.
TEST(Puller, TellsACircleOfDependenciesToAllWhoWaitInIt) {
  DeliveryWorld world;
  world.publish({{"a.yaml", config_map("a")}}, 1);
  auto first = world.configuration.deliveries[0];
  world.configuration.deliveries.clear();
  ASSERT_OK(world.start());
  const auto environment = world.environment(system_clock());
  Hearing hearing;
  Puller puller(environment, &hearing, Logger::silent(), {.max_parallel = 2});
  world.attach(&puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  const auto put = [&](const char* name, const char* needed) {
    auto delivery = first;
    delivery.name = name;
    delivery.depends_on = {{first.name_space, needed}};
    puller.put(delivery);
  };
  put("a", "b");
  put("b", "c");
  for (const auto* name : {"a", "b"}) {
    hearing.wait_for(name, [](const RunOutcome& outcome) { return outcome.waits_for_dependency; });
  }
  put("c", "a");
  for (const auto* name : {"a", "b", "c"}) {
    const auto outcome =
        hearing.wait_for(name, [](const RunOutcome& last) { return last.kind == Kind::kFailed; });
    EXPECT_THAT(outcome.error->message(), testing::HasSubstr("in a circle")) << name;
  }
  running.request_stop();
  running.join();
  world.attach(nullptr);
}

TEST(Puller, ADependentWaitsForWhatFellBackToAnOlderArtifact) {
  DeliveryWorld world;
  FlatCluster cluster;
  auto needed = world.configuration.deliveries[0];
  world.configuration.deliveries[0].on_failure = delivery::FailureAction::kRollback;
  needed.on_failure = delivery::FailureAction::kRollback;
  world.publish({{"a.yaml", config_map("a", "1")}}, 1);
  ASSERT_EQ(cluster.run(world).kind, Kind::kDelivered);
  world.publish({{"a.yaml", config_map("a", "2")}}, 2);
  cluster.healthy = false;
  ASSERT_EQ(cluster.run(world).kind, Kind::kFailed);
  cluster.healthy = true;

  ASSERT_OK(world.start());
  auto environment = cluster.into(world.environment(system_clock()));
  // Each has a memory of its own.
  FlatCluster other;
  environment.open_target = [needed_in = environment.open_target,
                             dependent_in = other.into(environment).open_target](
                                const delivery::Delivery& delivery, const Logger& log) {
    return delivery.name == "dependent" ? dependent_in(delivery, log) : needed_in(delivery, log);
  };
  Hearing hearing;
  Puller puller(environment, &hearing, Logger::silent(), {.max_parallel = 2});
  world.attach(&puller);
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  puller.put(needed);
  hearing.wait_for(needed.name, [](const RunOutcome& outcome) {
    return outcome.kind == Kind::kDelivered && outcome.rolled_back_from;
  });
  auto dependent = needed;
  dependent.name = "dependent";
  dependent.depends_on = {{needed.name_space, needed.name}};
  puller.put(dependent);
  const auto first = hearing.wait_for(dependent.name, [](const RunOutcome& outcome) {
    return outcome.waits_for_dependency || outcome.kind != Kind::kWaiting;
  });
  EXPECT_TRUE(first.waits_for_dependency) << to_string(first.kind);
  world.publish({{"a.yaml", config_map("a", "3")}}, 3);
  puller.reconcile(needed.id());
  hearing.wait_for(dependent.name,
                   [](const RunOutcome& outcome) { return outcome.kind == Kind::kDelivered; });
  running.request_stop();
  running.join();
  world.attach(nullptr);
}

TEST(Puller, StopsAtOnceWithPoliciesAlone) {
  DeliveryWorld world;
  world.configuration.deliveries.clear();
  ASSERT_OK(world.start());
  const auto environment = world.environment();
  Puller puller(environment, nullptr, Logger::silent());
  std::jthread running([&](std::stop_token stop) { puller.run(std::move(stop)); });
  running.request_stop();
  running.join();
  EXPECT_TRUE(puller.run_once({}).empty());
}

TEST(Puller, TidiesTheCacheOnlyWhereItKnowsWhatIsWanted) {
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

TEST(Puller, ReadsStatesWithoutItsLockAndABrokenOneOnce) {
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
