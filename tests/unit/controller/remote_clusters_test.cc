#include <sealift/controller/remote_clusters.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "sample_report.h"
#include "support/fake_transport.h"
#include "support/manual_clock.h"
#include "support/result_matchers.h"

namespace sealift::controller {
namespace {

using test::fails_with;
using namespace std::chrono_literals;

std::string kubeconfig(const std::string& host, const std::string& token = "t") {
  return "{apiVersion: v1, kind: Config, current-context: c, contexts: [{name: c, context: "
         "{cluster: c, user: u}}], clusters: [{name: c, cluster: {server: 'https://" +
         host + "'}}], users: [{name: u, user: {token: " + token + "}}]}";
}

// The Secrets of namespace "shop", each with the kubeconfig under one key.
class FakeSecrets : public delivery::SecretSource {
 public:
  Result<delivery::NamedData> secret(const delivery::Delivery& delivery, std::string_view name,
                                     std::stop_token) override {
    ++reads;
    if (error) return fail(*error);
    const auto found = secrets.find(std::string(name));
    if (found == secrets.end()) return fail(ErrorCode::kNotFound, "no such Secret");
    return delivery::NamedData{std::string(name), delivery.name_space, {{key, found->second}}};
  }
  Result<delivery::NamedData> config_map(const delivery::Delivery&, std::string_view,
                                         std::stop_token) override {
    return fail(ErrorCode::kNotFound, "none");
  }

  std::map<std::string, std::string> secrets;
  std::string key = "value";
  std::optional<Error> error;
  int reads = 0;
};

class RemoteClustersTest : public testing::Test {
 protected:
  static delivery::Delivery delivery(const std::string& name, const std::string& secret = "edge") {
    auto delivery = sample_delivery();
    delivery.name = name;
    delivery.kube_config.secret_name = secret;
    return delivery;
  }
  Result<std::shared_ptr<RemoteCluster>> open(const delivery::Delivery& which) {
    return clusters_.open(which, {});
  }
  // Opens it, waits for the wake where it is not known yet, and opens it again.
  Result<std::shared_ptr<RemoteCluster>> open_known(const delivery::Delivery& which) {
    auto first = open(which);
    if (!first || *first) return first;
    wait_for_wake(which.id());
    return open(which);
  }
  void wait_for_wake(const std::string& id) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return woken_[id] > 0; });
    --woken_[id];
  }
  test::FakeAnswer answer(const test::SeenRequest& request) {
    if (silent_ && !request.url.ends_with("/api")) {
      std::unique_lock lock(mutex_);
      ++held_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return !silent_; });
    }
    if (down_ && request.url.starts_with("https://edge.test")) {
      return test::FakeAnswer::failure(ErrorCode::kUnavailable, "no route to edge.test");
    }
    return test::FakeAnswer::json(200, "{}");
  }
  std::size_t requests_of(const std::string& path) const {
    std::size_t count = 0;
    for (const auto& request : transport_.requests()) {
      if (request.url.ends_with(path)) ++count;
    }
    return count;
  }

  std::atomic<bool> down_ = false;
  std::atomic<bool> silent_ = false;  // to everything but the question whether it is there
  int held_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, int> woken_;
  std::atomic<int> views_ = 0;
  FakeSecrets secrets_;
  test::FakeTransport transport_{[this](const auto& request) { return answer(request); }};
  test::ManualClock clock_;
  RemoteClusters clusters_{secrets_,
                           {transport_, system_files(), clock_, system_random()},
                           [this](const kube::ApiClient& client, kube::ResourceMap& resources) {
                             ++views_;
                             return std::make_unique<members::ClusterView>(
                                 client, resources, clock_, Logger::silent(),
                                 [](const std::string&) {});
                           },
                           [this](const std::string& id) {
                             const std::scoped_lock lock(mutex_);
                             ++woken_[id];
                             changed_.notify_all();
                           },
                           Logger::silent()};
};

TEST_F(RemoteClustersTest, OneNamespaceLeavesRoomForOthers) {
  for (int i = 0; i <= 200; ++i) {
    const auto name = "c" + std::to_string(i);
    secrets_.secrets[name] = kubeconfig("edge.test", name);
    const auto opened = open(delivery(name, name));
    if (i < 200) {
      ASSERT_OK(opened);
    } else {
      EXPECT_THAT(opened, fails_with(ErrorCode::kInvalidInput, "namespace shop"));
    }
  }
  EXPECT_OK(open(delivery("again", "c7"))) << "one that the namespace uses already";
  auto other = delivery("web", "c200");
  other.name_space = "other";
  EXPECT_OK(open(other));
}

TEST_F(RemoteClustersTest, OneForAllThatNameTheSameBytes) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")},
                      {"copy", kubeconfig("edge.test")},
                      {"other", kubeconfig("edge.test", "another")}};
  ASSERT_OK_ASSIGN(const auto web, open_known(delivery("web")));
  ASSERT_OK_ASSIGN(const auto db, open_known(delivery("db", "copy")));
  ASSERT_OK_ASSIGN(const auto third, open_known(delivery("third", "other")));
  EXPECT_EQ(web, db);
  EXPECT_NE(web, third) << "another identity";
  EXPECT_EQ(views_, 2);
  EXPECT_EQ(clusters_.counts().clusters, 2u);
  EXPECT_EQ(web->client().access().server_url, "https://edge.test");
  EXPECT_EQ(requests_of("/api"), 2u) << "each is asked once whether it is there";
}

TEST_F(RemoteClustersTest, CountsTheWatchesOfAll) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}, {"well", kubeconfig("well.test")}};
  ASSERT_OK_ASSIGN(const auto edge, open_known(delivery("web")));
  ASSERT_OK_ASSIGN(const auto well, open_known(delivery("db", "well")));
  EXPECT_EQ(clusters_.counts().watches, 0u);
  silent_ = true;  // so that the watches last
  edge->view().follow({"web", "", "", {{"", "ConfigMap"}, {"", "Secret"}}, {"shop"}, {}});
  well->view().follow({"db", "", "", {{"", "ConfigMap"}}, {"shop"}, {}});
  EXPECT_EQ(clusters_.counts().watches, 3u);
  const std::lock_guard lock(mutex_);
  silent_ = false;
  changed_.notify_all();
}

TEST_F(RemoteClustersTest, IsDroppedWithItsLastUser) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}};
  ASSERT_OK(open_known(delivery("web")));
  ASSERT_OK(open_known(delivery("db")));
  clusters_.close("shop/web");
  EXPECT_EQ(clusters_.counts().clusters, 1u);
  clusters_.close("shop/db");
  EXPECT_EQ(clusters_.counts().clusters, 0u);
}

TEST_F(RemoteClustersTest, TheSecretIsReadAgainAfterAMinuteOrWhenDistrusted) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}};
  const auto web = delivery("web");
  ASSERT_OK_ASSIGN(const auto before, open_known(web));
  secrets_.secrets["edge"] = kubeconfig("edge.test", "rotated");
  ASSERT_OK_ASSIGN(const auto still, open_known(web));
  EXPECT_EQ(before, still);
  EXPECT_EQ(secrets_.reads, 1);
  clusters_.distrust(web.id());
  ASSERT_OK_ASSIGN(const auto after, open_known(web));
  EXPECT_NE(before, after);
  EXPECT_EQ(after->client().access().bearer_token, "rotated");
  clock_.advance(61s);
  ASSERT_OK(open_known(web));
  EXPECT_EQ(secrets_.reads, 3);
  // Another account may not be allowed to read what the first one read.
  auto other = web;
  other.service_account_name = "other";
  ASSERT_OK(open_known(other));
  EXPECT_EQ(secrets_.reads, 4);
}

TEST_F(RemoteClustersTest, AnAwayOneFailsAtOnceAndWakesWhenItIsBack) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}, {"well", kubeconfig("well.test")}};
  down_ = true;
  const auto away = open_known(delivery("web"));
  ASSERT_THAT(away, fails_with(ErrorCode::kUnavailable, "no route to edge.test"));
  EXPECT_TRUE(away.error().retry_after().has_value());
  EXPECT_EQ(clusters_.counts().away, 1u);
  ASSERT_OK(open_known(delivery("fine", "well")));
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(open(delivery("web")).has_value());
  EXPECT_EQ(requests_of("edge.test/api"), 1u) << "only the thread of the cluster asks";
  down_ = false;
  clock_.wait_for_sleepers(1, 5s);
  clock_.advance(5s);
  wait_for_wake("shop/web");
  ASSERT_OK(open(delivery("web")));
  EXPECT_EQ(clusters_.counts().away, 0u);
}

TEST_F(RemoteClustersTest, OneThatGoesAwayIsNoticedByTheRequests) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}};
  ASSERT_OK_ASSIGN(const auto cluster, open_known(delivery("web")));
  ASSERT_OK(cluster->client().get("/api/v1/namespaces/shop", {}, {}));
  down_ = true;
  std::jthread mover([this](std::stop_token stop) {
    // The client waits between its attempts.
    while (!stop.stop_requested()) {
      clock_.wait_for_sleepers(1);
      clock_.advance(10s);
      std::this_thread::yield();
    }
  });
  EXPECT_THAT(cluster->client().get("/api/v1/namespaces/shop", {}, {}),
              fails_with(ErrorCode::kUnavailable, "edge.test"));
  EXPECT_EQ(requests_of("/namespaces/shop"), 3u) << "two attempts of five were sent";
  mover.request_stop();
}

TEST_F(RemoteClustersTest, WhoWaitsForASilentOneIsLetGoWhenItIsNotThere) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}};
  ASSERT_OK_ASSIGN(const auto cluster, open_known(delivery("web")));
  silent_ = true;
  Result<Json> answer;
  std::thread asker([&] { answer = cluster->client().get("/api/v1/namespaces/shop", {}, {}); });
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return held_ == 1; });
  }
  down_ = true;
  clock_.advance(4s);
  wait_for_wake("shop/web");
  {
    const std::scoped_lock lock(mutex_);
    silent_ = false;
  }
  changed_.notify_all();
  asker.join();
  EXPECT_THAT(answer, fails_with(ErrorCode::kUnavailable, "does not answer"));
  EXPECT_EQ(requests_of("/namespaces/shop"), 1u) << "and asks no second time";
}

TEST_F(RemoteClustersTest, AfterAPauseItIsAskedFirstWhetherItIsThere) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}};
  ASSERT_OK_ASSIGN(const auto cluster, open_known(delivery("web")));
  EXPECT_TRUE(cluster->reach().value());
  clock_.advance(11s);
  EXPECT_FALSE(cluster->reach().value());
  wait_for_wake("shop/web");
  EXPECT_TRUE(cluster->reach().value());
  EXPECT_EQ(requests_of("/api"), 2u);
  // An answer to anything else says the same.
  clock_.advance(6s);
  ASSERT_OK(cluster->client().get("/api/v1/namespaces/shop", {}, {}));
  clock_.advance(6s);
  EXPECT_TRUE(cluster->reach().value());
  down_ = true;
  clock_.advance(11s);
  EXPECT_FALSE(cluster->reach().value());
  wait_for_wake("shop/web");
  EXPECT_THAT(cluster->reach(), fails_with(ErrorCode::kUnavailable, "edge.test"));
}

TEST_F(RemoteClustersTest, OneWithAnotherKubeconfigIsNotCurrent) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}};
  const auto web = delivery("web");
  ASSERT_OK_ASSIGN(const auto cluster, open_known(web));
  EXPECT_TRUE(clusters_.is_current(web, *cluster, {}));
  EXPECT_EQ(secrets_.reads, 1) << "within a minute what was read counts";
  clusters_.distrust(web.id());
  EXPECT_TRUE(clusters_.is_current(web, *cluster, {}));
  EXPECT_EQ(secrets_.reads, 2);
  secrets_.error = Error(ErrorCode::kUnavailable, "our own API server is away");
  clusters_.distrust(web.id());
  EXPECT_TRUE(clusters_.is_current(web, *cluster, {}));
  secrets_.error.reset();
  secrets_.secrets["edge"] = kubeconfig("edge.test", "rotated");
  EXPECT_FALSE(clusters_.is_current(web, *cluster, {}));
  secrets_.secrets.clear();
  clusters_.distrust(web.id());
  EXPECT_FALSE(clusters_.is_current(web, *cluster, {})) << "taken away";
}

TEST_F(RemoteClustersTest, TheKeyIsClusterApisOrTheOneThatIsNamed) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}};
  secrets_.key = "value.yaml";
  ASSERT_OK(open_known(delivery("web")));
  secrets_.key = "config";
  EXPECT_THAT(open(delivery("db")), fails_with(ErrorCode::kNotFound, "has no key \"value\""));
  auto named = delivery("db");
  named.kube_config.key = "config";
  ASSERT_OK(open_known(named));
}

TEST_F(RemoteClustersTest, ABadKubeconfigIsRefusedByItsSecret) {
  secrets_.secrets = {{"edge", "{apiVersion: v1}"}};
  EXPECT_THAT(open(delivery("web")),
              fails_with(ErrorCode::kInvalidInput, "the kubeconfig in Secret shop/edge"));
  EXPECT_THAT(open(delivery("web", "none")), fails_with(ErrorCode::kNotFound));
}

TEST_F(RemoteClustersTest, OurOwnApiServerBeingAwayChangesNothing) {
  secrets_.secrets = {{"edge", kubeconfig("edge.test")}};
  ASSERT_OK_ASSIGN(const auto before, open_known(delivery("web")));
  clusters_.distrust("shop/web");
  secrets_.error = Error(ErrorCode::kUnavailable, "away");
  ASSERT_OK_ASSIGN(const auto after, open(delivery("web")));
  EXPECT_EQ(before, after);
  secrets_.error = Error(ErrorCode::kForbidden, "no");
  EXPECT_THAT(open(delivery("web")), fails_with(ErrorCode::kForbidden));
}

}  // namespace
}  // namespace sealift::controller
