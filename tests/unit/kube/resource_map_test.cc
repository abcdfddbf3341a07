#include <sealift/kube/resource_map.h>

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "fake_cluster.h"
#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeCluster;
using test::SeenRequest;

const objects::GroupVersionKind kDuck{"example.com", "v1", "Duck"};

// Serves ducks from the moment when the definition is "installed".
struct DuckServer {
  std::atomic<bool> installed = true;
  FakeCluster cluster{[this](const SeenRequest& request) {
    const bool groups = request.url.ends_with("/apis");
    const std::string versions =
        R"({"version":"v2","resources":[{"resource":"ducks","scope":"Namespaced",)"
        R"("responseKind":{"kind":"Duck"}}]},{"version":"v1","resources":[{"resource":"ducks",)"
        R"("scope":"Namespaced","responseKind":{"kind":"Duck"}}]})";
    const std::string items =
        groups && installed ? R"({"metadata":{"name":"example.com"},"versions":[)" + versions + "]}"
                            : "";
    return FakeAnswer::json(200, R"({"kind":"APIGroupDiscoveryList","items":[)" + items + "]}");
  }};
};

TEST(ResourcePath, HasFourForms) {
  const Resource deployments{{"apps", "v1", "Deployment"}, "deployments", true};
  EXPECT_EQ(deployments.path("shop", "web"), "/apis/apps/v1/namespaces/shop/deployments/web");
  EXPECT_EQ(deployments.path("shop", ""), "/apis/apps/v1/namespaces/shop/deployments");
  EXPECT_EQ(deployments.path("", ""), "/apis/apps/v1/deployments");
  const Resource nodes{{"", "v1", "Node"}, "nodes", false};
  EXPECT_EQ(nodes.path("ignored", "n1"), "/api/v1/nodes/n1");
}

TEST(ResourcePath, EncodesNames) {
  const Resource roles{{"rbac.authorization.k8s.io", "v1", "ClusterRole"}, "clusterroles", false};
  EXPECT_EQ(roles.path("", "system:a b?c"),
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:a%20b%3Fc");
}

// "Gone" would let a Delivery forget all its objects of the kind.
TEST(ResourceMap, DoesNotTakeASilentGroupForAMissingKind) {
  FakeCluster cluster([](const SeenRequest&) {
    return FakeAnswer::json(200, R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":
        {"name":"example.com"},"versions":[{"version":"v1","freshness":"Stale"}]}]})");
  });
  ResourceMap map(cluster.client());
  EXPECT_THAT(map.find_preferred("example.com", "Duck", {}),
              fails_with(ErrorCode::kUnavailable, "does not answer"));
  EXPECT_THAT(map.find_preferred("example.org", "Duck", {}),
              fails_with(ErrorCode::kNotFound, "does not serve"));
}

TEST(ResourceMap, AsksOnce) {
  DuckServer server;
  ResourceMap map(server.cluster.client());
  ASSERT_OK_ASSIGN(const auto duck, map.find(kDuck, {}));
  EXPECT_EQ(duck.plural, "ducks");
  EXPECT_TRUE(duck.namespaced);
  EXPECT_OK(map.find(kDuck, {}));
  EXPECT_EQ(server.cluster.transport.request_count(), 2u) << "/api and /apis";
}

TEST(ResourceMap, AsksAgainOnceForAKindThatIsMissing) {
  DuckServer server;
  server.installed = false;
  ResourceMap map(server.cluster.client());
  EXPECT_THAT(map.find(kDuck, {}), fails_with(ErrorCode::kNotFound, "CustomResourceDefinition"));
  EXPECT_EQ(server.cluster.transport.request_count(), 2u);
  server.installed = true;
  EXPECT_OK(map.find(kDuck, {}));
  EXPECT_EQ(server.cluster.transport.request_count(), 4u);
}

TEST(ResourceMap, NamesTheVersionsThatAreServed) {
  DuckServer server;
  ResourceMap map(server.cluster.client());
  EXPECT_THAT(
      map.find({"example.com", "v3", "Duck"}, {}),
      fails_with(ErrorCode::kNotFound, "it serves that kind as example.com/v1, example.com/v2"));
}

TEST(ResourceMap, PrefersTheServersFirstVersion) {
  DuckServer server;
  ResourceMap map(server.cluster.client());
  ASSERT_OK_ASSIGN(const auto duck, map.find_preferred("example.com", "Duck", {}));
  EXPECT_EQ(duck.gvk.version, "v2");
  EXPECT_THAT(map.find_preferred("other.com", "Duck", {}), fails_with(ErrorCode::kNotFound));
}

TEST(ResourceMap, ForgetsOnRefresh) {
  DuckServer server;
  ResourceMap map(server.cluster.client());
  EXPECT_OK(map.find(kDuck, {}));
  server.installed = false;
  EXPECT_OK(map.find(kDuck, {}));
  map.refresh();
  EXPECT_THAT(map.find(kDuck, {}), fails_with(ErrorCode::kNotFound));
}

TEST(ResourceMap, ManyThreadsShareOneAnswer) {
  DuckServer server;
  ResourceMap map(server.cluster.client());
  std::atomic<int> found = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] { found += map.find(kDuck, {}).has_value() ? 1 : 0; });
    }
  }
  EXPECT_EQ(found, 8);
  EXPECT_EQ(server.cluster.transport.request_count(), 2u);
}

TEST(ResourceMap, AnErrorIsNotRemembered) {
  DuckServer server;
  ResourceMap map(server.cluster.client());
  server.cluster.transport.fail_request(1, Error(ErrorCode::kForbidden, "no"));
  EXPECT_THAT(map.find(kDuck, {}), fails_with(ErrorCode::kForbidden));
  EXPECT_OK(map.find(kDuck, {}));
}

}  // namespace
}  // namespace sealift::kube
