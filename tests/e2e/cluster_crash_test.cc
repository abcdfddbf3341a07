#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <future>
#include <memory>
#include <optional>
#include <sstream>

#include "delivery_case.h"

namespace sealift::e2e {
namespace {

using test::Process;
using test::ProxiedRequest;
using test::ProxyAction;

// When the puller is killed.
enum class Moment {
  kBeforeTheServerHears,
  kAfterItActed,  // the answer is lost
};

// A run that gets SIGKILL at one request to the API server.
class ClusterCrash : public DeliveryCase, public testing::WithParamInterface<Moment> {
 protected:
  // Kills the run at the `ordinal`-th request that is worth it; false where it ended before that.
  bool killed_at(std::size_t ordinal, Moment moment) {
    write_configuration();
    auto arguments = puller_arguments();
    arguments.emplace_back("--once");
    std::promise<Process*> started;
    const auto process = started.get_future().share();
    auto dead = std::make_shared<std::atomic<bool>>(false);
    auto seen = std::make_shared<std::atomic<std::size_t>>(0);
    const auto kill = [process, dead] {
      dead->store(true);
      process.get()->send_signal(SIGKILL);
    };
    proxy_.forget_requests();
    proxy_.set_rule([=](const ProxiedRequest& request, std::size_t) {
      if (dead->load()) return ProxyAction::cut();
      // To be killed at a read is to be killed before the next write.
      const bool asks = request.is_dry_run() || request.is_watch();
      const bool counts = request.is_write() || (asks && moment == Moment::kBeforeTheServerHears);
      if (!counts || ++*seen != ordinal) return ProxyAction::forward();
      if (moment == Moment::kBeforeTheServerHears) {
        kill();
        return ProxyAction::cut();
      }
      auto action = ProxyAction::lose();
      action.after = kill;
      return action;
    });
    Process puller(arguments);
    started.set_value(&puller);
    const auto result = puller.wait();
    proxy_.set_rule(nullptr);
    EXPECT_TRUE(dead->load() || result.exit_code == 0) << result.err;
    return dead->load();
  }

  // Names of what the run that was killed knows to have sent; unique in these cases.
  std::vector<std::string> journal() const {
    const auto file = "state/deliveries/" + name_ + "_shop.journal";
    std::vector<std::string> names;
    if (!directory_.has(file)) return names;
    std::istringstream lines(directory_.read(file));
    for (std::string line; std::getline(lines, line);) {
      const auto entry = parse_json(line, file);
      if (entry && !entry->find("forgotten")) names.emplace_back(entry->string_at({"name"}));
    }
    return names;
  }

  // The next run finishes the work, and sends nothing that the killed one knows to have sent.
  void expect_finished_by_next_run(const std::string& when) {
    SCOPED_TRACE(when);
    const auto known = journal();
    proxy_.forget_requests();
    const auto run = deliver();
    EXPECT_EQ(run.exit_code, 0) << run;
    for (const auto& line : application_writes()) {
      for (const auto& name : known) {
        EXPECT_FALSE(line.starts_with("PATCH") && line.ends_with("/" + name)) << line;
      }
    }
    EXPECT_EQ(inventory("dev.sealift.sequence"), std::to_string(sequence_));
    proxy_.forget_requests();
    EXPECT_EQ(deliver().kind(), "unchanged");
    EXPECT_TRUE(proxy_.writes().empty());
    EXPECT_EQ(events().back(), "delivered");
  }

  std::string service() const {
    return "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: " + name_ +
           "}\nspec: {ports: [{port: 80}]}\n";
  }
  std::string kinds() const { return inventory("applyset.kubernetes.io/contains-group-kinds"); }
};

std::string describe(Moment moment, std::size_t ordinal) {
  return (moment == Moment::kAfterItActed ? "after write " : "before request ") +
         std::to_string(ordinal);
}

// Each round is an application of its own.
TEST_P(ClusterCrash, OfAFirstDeliveryIsFinishedByTheNextRun) {
  constexpr std::size_t kMostRequests = 200;
  std::size_t ordinal = 0;
  for (bool killed = true; killed && !HasFailure();) {
    ASSERT_LT(++ordinal, kMostRequests);
    start_over();
    put_small();
    put_promotion();
    publish();
    killed = killed_at(ordinal, GetParam());
    expect_finished_by_next_run(describe(GetParam(), ordinal));
    EXPECT_EQ(value_of("a") + value_of("b") + value_of("c"), "111");
    EXPECT_EQ(get(promotion_path()).string_at({"spec", "title"}), "Winter sale");
    EXPECT_EQ(kinds(),
              "ConfigMap,CustomResourceDefinition.apiextensions.k8s.io,Namespace,"
              "Promotion." +
                  name_ + ".example.com");
  }
  EXPECT_GT(ordinal, GetParam() == Moment::kAfterItActed ? 7u : 12u) << "it was killed each time";
}

// Each round changes one object, brings one back and takes one away, with its kind.
TEST_P(ClusterCrash, OfAnUpdateWithPruneIsFinishedByTheNextRun) {
  constexpr std::size_t kMostRequests = 200;
  put_small();
  put("web.yaml", service());
  publish();
  ASSERT_EQ(deliver().exit_code, 0);
  std::size_t ordinal = 0;
  for (bool killed = true; killed && !HasFailure();) {
    ASSERT_LT(++ordinal, kMostRequests);
    const bool odd = ordinal % 2 == 1;
    const auto value = std::to_string(ordinal);
    put("a.yaml", config_map("a", "round " + value));
    if (odd) {
      drop("web.yaml");
      drop("b.yaml");
    } else {
      put("web.yaml", service());
      put("b.yaml", config_map("b", value));
    }
    publish();
    killed = killed_at(ordinal, GetParam());
    expect_finished_by_next_run(describe(GetParam(), ordinal));
    EXPECT_EQ(value_of("a"), "round " + value);
    EXPECT_EQ(value_of("c"), "1");
    EXPECT_EQ(config_map_at("b").is_null(), odd);
    EXPECT_EQ(get(core("services/web")).is_null(), odd);
    EXPECT_EQ(kinds(), odd ? "ConfigMap,Namespace" : "ConfigMap,Namespace,Service");
  }
  EXPECT_GT(ordinal, GetParam() == Moment::kAfterItActed ? 4u : 8u) << "it was killed each time";
}

INSTANTIATE_TEST_SUITE_P(Moments, ClusterCrash,
                         testing::Values(Moment::kBeforeTheServerHears, Moment::kAfterItActed),
                         [](const auto& moment) {
                           return moment.param == Moment::kAfterItActed ? "AfterTheServerActed"
                                                                        : "BeforeTheServerHears";
                         });

}  // namespace
}  // namespace sealift::e2e
