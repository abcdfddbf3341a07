#include <gmock/gmock.h>

#include <atomic>
#include <csignal>
#include <future>
#include <memory>

#include "controller_fault_case.h"

namespace sealift::e2e {
namespace {

using test::ProxiedRequest;
using test::ProxyAction;

bool is_write_of_the_puller(const ProxiedRequest& request) {
  return request.is_write() && request.path.find("/leases/") == std::string::npos;
}

// SIGKILL for the puller in the middle of its work.
class FaultOfPuller : public ControllerFault {
 protected:
  // Kills puller_ when the server has acted on its `ordinal`-th write from now on and before it
  // knows. Whatever it sent besides is lost. True as soon as it is dead.
  std::shared_ptr<std::atomic<bool>> kill_at(int ordinal) {
    auto seen = std::make_shared<std::atomic<int>>(0);
    auto dead = std::make_shared<std::atomic<bool>>(false);
    auto* victim = puller_.get();
    proxy_.set_rule([=](const ProxiedRequest& request, std::size_t) {
      if (dead->load()) return ProxyAction::cut();
      if (!is_write_of_the_puller(request) || ++*seen != ordinal) return ProxyAction::forward();
      auto action = ProxyAction::lose();
      action.after = [=] {
        dead->store(true);
        victim->send_signal(SIGKILL);
      };
      return action;
    });
    return dead;
  }
  void bury() {
    puller_->wait();
    puller_.reset();
    proxy_.set_rule(nullptr);
  }
};

// Each round updates one Delivery, and makes another or deletes it with what it brought; the puller
// dies one write later than in the round before, until it lives to the end.
TEST_F(FaultOfPuller, KilledAtEachWriteInTurn) {
  constexpr int kMostWrites = 60;
  constexpr int kFewestWrites = 8;
  names_ = {"shop"};
  put("guest/guest.yaml", config_map("guest", "1"));
  deliver_first();
  bool killed = true;
  int ordinal = 0;
  while (killed && !HasFailure()) {
    ASSERT_LT(++ordinal, kMostWrites);
    SCOPED_TRACE("after write " + std::to_string(ordinal));
    const bool comes = ordinal % 2 == 1;
    const auto dead = kill_at(ordinal);
    publish_version(ordinal + 1);
    if (comes) {
      declare("guest", std::string(kAccount) + "  path: guest\n");
      more_objects_["guest"] = "1";
    } else {
      kubectl({"delete", "delivery", "guest", "--wait=false"});
      more_objects_.erase("guest");
    }
    const auto is_over = [&] {
      return is_converged(ordinal + 1) && (comes || delivery("guest").is_null()) &&
             (!comes || condition("Ready", "guest").string_at({"status"}) == "True");
    };
    EXPECT_TRUE(eventually([&] { return dead->load() || is_over(); }));
    killed = dead->load();
    if (killed) {
      bury();
      start_puller();
    }
    EXPECT_TRUE(eventually(is_over)) << dump_json(delivery("guest"));
    expect_converged(ordinal + 1);
  }
  EXPECT_GT(ordinal, kFewestWrites);
  proxy_.set_rule(nullptr);
  expect_repairs(ordinal + 1);
}

TEST_F(FaultOfPuller, TheLeaderIsKilledDuringAnApplyAndAnotherFinishes) {
  const std::vector<std::string> elect{"--leader-elect", "--lease-namespace", "sealift-system"};
  deliver_first(elect);
  // On a way of its own.
  test::CountingProxy second_way(cluster_.access().server_url, cluster_.access().server);
  auto text = directory_.read("kubeconfig");
  directory_.write("kubeconfig",
                   text.replace(text.find(proxy_.url()), proxy_.url().size(), second_way.url()));
  auto standby = make_puller("standby", elect);
  ASSERT_TRUE(standby->wait_for_output("another process leads")) << standby->err();
  const auto dead = kill_at(9);
  publish_version(2);
  ASSERT_TRUE(eventually([&] { return dead->load(); }));
  EXPECT_FALSE(is_converged(2));
  bury();
  expect_converged(2);
  expect_repairs(2);
  standby->send_signal(SIGTERM);
  EXPECT_EQ(standby->wait().signal, 0);
}

}  // namespace
}  // namespace sealift::e2e
