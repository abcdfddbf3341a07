#include <sealift/puller/puller.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
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

}  // namespace
}  // namespace sealift::puller
