#include <sealift/base/http.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/result_matchers.h"
#include "support/temp_directory.h"

namespace sealift::e2e {
namespace {

using testing::HasSubstr;

constexpr const char* kDelivery =
    "apiVersion: sealift.dev/v1alpha1\nkind: Delivery\nmetadata: {name: web, namespace: shop}\n"
    "spec:\n  artifact: {url: \"oci://127.0.0.1:1/web\", tag: v1, insecure: true}\n";

constexpr const char* kNobodysCluster =
    "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
    "contexts: [{name: c, context: {cluster: c, user: u}}]\n"
    "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\n"
    "users: [{name: u, user: {token: t}}]\n";

std::string puller_program() {
  const char* folder = std::getenv("SEALIFT_BIN");
  return (folder ? std::string(folder) : std::string(SEALIFT_DEFAULT_BIN)) + "/sealift-puller";
}

// What the kubelet and Prometheus ask a puller that runs.
class PullerEndpointsTest : public testing::Test {
 protected:
  // Beside where it keeps its state and what it listens on.
  void start(const std::vector<std::string>& more_arguments) {
    std::vector<std::string> arguments{puller_program(), "--state", files_.path() + "/state",
                                       "--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more_arguments.begin(), more_arguments.end());
    puller_.emplace(std::move(arguments));
    puller_->wait_for_output("started ");
    const auto log = puller_->err();
    const auto port = log.find("port=");
    address_ = "http://127.0.0.1:" + log.substr(port + 5, log.find('\n', port) - port - 5);
  }

  Result<HttpAnswer> ask(const std::string& path) {
    HttpRequest request;
    request.url = address_ + path;
    return send_for_bytes(*network_, request, {});
  }

  test::TempDirectory files_;
  std::optional<test::Process> puller_;
  std::unique_ptr<HttpTransport> network_ = make_curl_transport("probe");
  std::string address_;
};

TEST_F(PullerEndpointsTest, AnswersTheKubeletAndPrometheus) {
  files_.write("delivery.yaml", kDelivery);
  start({"--config", files_.path() + "/delivery.yaml", "--target", "dir:" + files_.path() + "/out",
         "--delivery-metrics"});
  for (const auto* path : {"/healthz", "/readyz", "/healthz?verbose"}) {
    const auto answer = ask(path);
    ASSERT_TRUE(answer) << path << ": " << answer.error().message() << "\n" << puller_->err();
    EXPECT_EQ(answer->head.status, 200) << path;
    EXPECT_EQ(answer->body, "ok\n") << path;
  }
  const auto metrics = ask("/metrics");
  ASSERT_TRUE(metrics) << metrics.error().message();
  EXPECT_THAT(metrics->body, HasSubstr("\nsealift_leader 1\n"));
  EXPECT_THAT(metrics->body, HasSubstr("\nsealift_deliveries{state=\"not_ready\"} 1\n"));
  EXPECT_THAT(metrics->body,
              HasSubstr("\nsealift_delivery_ready{namespace=\"shop\",name=\"web\"} 0\n"));
}

TEST_F(PullerEndpointsTest, AStandbyWithoutAnApiServerIsNotReady) {
  files_.write("kubeconfig", kNobodysCluster);
  start({"--leader-elect", "--kubeconfig", files_.path() + "/kubeconfig"});
  const auto ready = ask("/readyz");
  ASSERT_TRUE(ready) << ready.error().message() << "\n" << puller_->err();
  EXPECT_EQ(ready->head.status, 503);
  EXPECT_THAT(ready->body, HasSubstr("standby"));
  const auto healthy = ask("/healthz");
  ASSERT_TRUE(healthy) << healthy.error().message();
  EXPECT_EQ(healthy->head.status, 200) << "a new start would not help";
}

}  // namespace
}  // namespace sealift::e2e
