// Connections that look alive and are not, to a server that speaks HTTP/2 as API servers do.
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "contract/kube_fixture.h"
#include "support/tcp_tunnel.h"

namespace sealift::kube {
namespace {

using std::chrono::milliseconds;
using test::fails_with;

class KubeHalfOpen : public testing::Test {
 protected:
  HttpRequest version(milliseconds deadline) const {
    HttpRequest request;
    request.url = "https://127.0.0.1:" + std::to_string(network_.port()) + "/version";
    request.server = server_;
    // To those that it does not know, the API server closes the connection.
    request.headers.set("Authorization", "Bearer " + cluster_.access().bearer_token);
    request.deadline = deadline;
    return request;
  }
  Result<HttpAnswer> ask(milliseconds deadline, std::stop_token stop = {}) {
    return send_for_bytes(*transport_, version(deadline), std::move(stop));
  }
  int port() const {
    const auto url = cluster_.access().server_url;
    return std::stoi(url.substr(url.rfind(':') + 1));
  }

  static constexpr milliseconds kLong{60'000};
  static constexpr milliseconds kShort{2'500};
  test::TestCluster& cluster_ = test::TestCluster::shared();
  std::shared_ptr<const HttpServerSettings> server_ = cluster_.access().server;
  test::TcpTunnel network_{port()};
  std::unique_ptr<HttpTransport> transport_ = make_curl_transport("sealift-test/1");
};

TEST_F(KubeHalfOpen, TheRequestAfterOneThatTimedOutGoesAnotherWay) {
  ASSERT_OK(ask(kLong));
  ASSERT_OK(ask(kLong));
  ASSERT_EQ(network_.connections(), 1u);
  network_.silence_open();
  EXPECT_FALSE(ask(kShort));
  EXPECT_OK(ask(kLong));
  EXPECT_EQ(network_.connections(), 2u);
}

TEST_F(KubeHalfOpen, TheRequestAfterOneThatWasCancelledGoesAnotherWay) {
  ASSERT_OK(ask(kLong));
  network_.silence_open();
  std::stop_source stop;
  auto silent = std::async(std::launch::async, [&] { return ask(kLong, stop.get_token()); });
  // What the transport takes for silence is a matter of time alone.
  ASSERT_EQ(silent.wait_for(kShort), std::future_status::timeout);
  stop.request_stop();
  EXPECT_THAT(silent.get(), fails_with(ErrorCode::kCancelled));
  EXPECT_OK(ask(kLong));
}

TEST_F(KubeHalfOpen, OneThatTimedOutEndsAllThatShareItsConnection) {
  auto access = cluster_.access();
  access.server_url = "https://127.0.0.1:" + std::to_string(network_.port());
  access.server = server_;
  const ApiClient client(std::move(access),
                         {*transport_, system_files(), system_clock(), system_random()});
  std::promise<void> accepted;
  auto watch = std::async(std::launch::async, [&] {
    return client.stream_lines("/api/v1/namespaces", {{"watch", "true"}}, "application/json",
                               {[&] { accepted.set_value(); }, [](Json) { return Result<>(); }},
                               {});
  });
  accepted.get_future().wait();
  ASSERT_OK(ask(kLong));
  ASSERT_EQ(network_.connections(), 1u);
  network_.silence_open();
  EXPECT_FALSE(ask(kShort));
  EXPECT_THAT(watch.get(), fails_with(ErrorCode::kUnavailable));
}

// Somebody else's answers on the same connection show that it lives.
TEST_F(KubeHalfOpen, ASlowAnswerIsNoSilence) {
  ASSERT_OK(ask(kLong));
  auto request = version(kShort);
  request.url.replace(request.url.find("/version"), 8, "/api/v1/namespaces?watch=true");
  std::atomic<bool> over = false;
  auto slow = std::async(std::launch::async, [&] {
    auto ended = send_for_bytes(*transport_, request, {});
    over = true;
    return ended;
  });
  while (!over) ASSERT_OK(ask(kLong));
  EXPECT_THAT(slow.get(), fails_with(ErrorCode::kCancelled));
  EXPECT_OK(ask(kLong));
  EXPECT_EQ(network_.connections(), 1u);
}

}  // namespace
}  // namespace sealift::kube
