#include <gmock/gmock.h>

#include <atomic>
#include <memory>

#include "controller_fault_case.h"
#include "support/tcp_tunnel.h"

namespace sealift::e2e {
namespace {

using test::ProxiedRequest;
using test::ProxyAction;

ProxyAction refusal(int status, const char* reason) {
  return ProxyAction::answer(
      status,
      R"({"kind":"Status","apiVersion":"v1","status":"Failure","message":"a storm","code":)" +
          std::to_string(status) + R"(,"reason":")" + reason + R"("})");
}

// The network between the puller and the API server, and what an overloaded server says.
class FaultOfNetwork : public ControllerFault {
 protected:
  // An update while the rule refuses the first `count` requests of all kinds.
  void update_in_a_storm(int count, const std::function<ProxyAction(int)>& refuse) {
    deliver_first();
    auto refused = std::make_shared<std::atomic<int>>(0);
    proxy_.set_rule([=](const ProxiedRequest&, std::size_t) {
      const int ordinal = ++*refused;
      return ordinal <= count ? refuse(ordinal) : ProxyAction::forward();
    });
    proxy_.cut_all();
    publish_version(2);
    expect_converged(2);
    EXPECT_GE(refused->load(), count) << "it was over before the storm was";
    expect_repairs(2);
  }
  // The puller's way leads through `network` and TLS to the API server, so over HTTP/2.
  void lead_through(const test::TcpTunnel& network) {
    auto text = directory_.read("kubeconfig");
    const auto before = "\"" + proxy_.url() + "\"";
    const auto ca = directory_.write("ca.crt", cluster_.access().server->ca_pem);
    const auto after = "\"https://127.0.0.1:" + std::to_string(network.port()) +
                       "\", certificate-authority: \"" + ca + "\"";
    directory_.write("kubeconfig", text.replace(text.find(before), before.size(), after));
  }
  int api_server_port() const {
    const auto url = cluster_.access().server_url;
    return std::stoi(url.substr(url.rfind(':') + 1));
  }
};

// Watches, and whatever else is under way just then.
TEST_F(FaultOfNetwork, AllIsCutAtEachWrite) {
  constexpr int kCuts = 12;
  deliver_first();
  auto cuts = std::make_shared<std::atomic<int>>(0);
  proxy_.set_rule([this, cuts](const ProxiedRequest& request, std::size_t) {
    if (is_application_write(request) && ++*cuts <= kCuts) proxy_.cut_all();
    return ProxyAction::forward();
  });
  publish_version(2);
  expect_converged(2);
  EXPECT_GE(cuts->load(), kCuts);
  expect_repairs(2);
}

TEST_F(FaultOfNetwork, TooManyRequests) {
  update_in_a_storm(30, [](int) {
    auto action = refusal(429, "TooManyRequests");
    action.headers.add("Retry-After", "1");
    return action;
  });
}

TEST_F(FaultOfNetwork, InternalErrorsAndUnavailability) {
  update_in_a_storm(30, [](int ordinal) {
    return ordinal % 2 == 0 ? refusal(500, "InternalError") : refusal(503, "ServiceUnavailable");
  });
}

TEST_F(FaultOfNetwork, EveryByteIsSlow) {
  test::TcpTunnel network(api_server_port());
  network.slow_down(64);
  lead_through(network);
  deliver_first();
  publish_version(2);
  expect_converged(2);
}

// The connections stay open, and nothing comes through them any more: no end, no reset.
TEST_F(FaultOfNetwork, HalfOpenConnectionsAreGivenUp) {
  test::TcpTunnel network(api_server_port());
  lead_through(network);
  deliver_first({"--leader-elect", "--lease-namespace", "sealift-system"});
  network.silence_open();
  publish_version(2);
  expect_converged(2);
  expect_repairs(2);
}

}  // namespace
}  // namespace sealift::e2e
