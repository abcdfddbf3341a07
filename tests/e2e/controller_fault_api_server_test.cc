#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <memory>

#include "controller_fault_case.h"

namespace sealift::e2e {
namespace {

using test::ProxiedRequest;
using test::ProxyAction;

// The API server, or its store, goes in the middle of an apply and comes back.
class FaultOfApiServer : public ControllerFault {
 protected:
  // Does it at the `ordinal`-th write to an object from now on, whose request gets lost; waits.
  void at_write(int ordinal, const std::function<void()>& act) {
    auto seen = std::make_shared<std::atomic<int>>(0);
    auto reached = std::make_shared<std::promise<void>>();
    auto done = std::make_shared<std::promise<void>>();
    const auto wait = done->get_future().share();
    proxy_.set_rule([=](const ProxiedRequest& request, std::size_t) {
      if (!is_application_write(request) || ++*seen != ordinal) return ProxyAction::forward();
      reached->set_value();
      wait.wait();
      return ProxyAction::cut();
    });
    publish_version(2);
    reached->get_future().wait();
    act();
    done->set_value();
  }
  // From now on nothing reaches the server, until the rule is taken away.
  void cut_off() {
    proxy_.set_rule([](const ProxiedRequest&, std::size_t) { return ProxyAction::cut(); });
    proxy_.cut_all();
  }
};

TEST_F(FaultOfApiServer, KilledDuringAnApply) {
  deliver_first();
  at_write(4, [this] { cluster_.stop_api_server(); });
  EXPECT_TRUE(puller_->wait_for_output("code=unavailable")) << puller_->err();
  cluster_.start_api_server();
  expect_converged(2);
  expect_repairs(2);
}

TEST_F(FaultOfApiServer, ToldToEndDuringAnApply) {
  deliver_first();
  at_write(7, [this] {
    cluster_.end_api_server();
    cluster_.start_api_server();
  });
  expect_converged(2);
  expect_repairs(2);
}

// What happened meanwhile cannot be told any more: each watch hears 410 and begins anew.
TEST_F(FaultOfApiServer, ItsStoreForgetsWhatThePullerHasNotSeen) {
  deliver_first();
  cut_off();
  kubectl({"delete", "configmap", "shop-a", "site-v1"});
  apply(config_map("stock-b", "somebody's"));
  cluster_.end_api_server();
  cluster_.compact();
  cluster_.start_api_server();
  publish_version(2);
  proxy_.forget_requests();
  proxy_.set_rule(nullptr);
  expect_converged(2);
  const auto begins_anew = [](const ProxiedRequest& request) {
    return request.is_watch() && request.has("sendInitialEvents=true");
  };
  EXPECT_TRUE(eventually([&] { return proxy_.count(begins_anew) > 0; }))
      << "no watch has heard that its version is gone";
  expect_repairs(2);
}

}  // namespace
}  // namespace sealift::e2e
