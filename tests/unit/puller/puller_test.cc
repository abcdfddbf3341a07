#include <sealift/puller/puller.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "delivery_world.h"
#include "flat_cluster.h"
#include "running_world.h"
#include "support/result_matchers.h"
#include "support/sample_manifests.h"

namespace sealift::puller {
namespace {

using sealift::test::config_map;
using test::DeliveryWorld;
using test::FlatCluster;
using test::put_all;
using test::run_all_once;
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
    // Longer than a step takes, also under a sanitizer: an answer is good for as long.
    deliveries.back().interval = 50ms;
    deliveries.back().retry_interval = 50ms;
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

}  // namespace
}  // namespace sealift::puller
