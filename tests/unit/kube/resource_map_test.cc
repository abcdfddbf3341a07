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

TEST(ResourcePath, EncodesGroups) {
  const Resource odd{{"apps/v1?a=1", "v1", "Odd"}, "odds", false};
  EXPECT_EQ(odd.path("", "x"), "/apis/apps%2Fv1%3Fa%3D1/v1/odds/x");
  EXPECT_EQ(group_path(""), "/api");
  EXPECT_EQ(group_path("apps"), "/apis/apps");
  EXPECT_EQ(group_path("apps/v1"), "/apis/apps%2Fv1");
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

// Whoever may write an inventory may name hundreds of kinds that do not exist.
TEST(ResourceMap, OneAnswerIsBadNewsForAllWhoCameBeforeItWasAskedFor) {
  constexpr int kThreads = 16;
  std::atomic<int> came = 0;
  FakeCluster cluster([&](const SeenRequest&) {
    while (came < kThreads) std::this_thread::yield();
    return FakeAnswer::json(200, R"({"kind":"APIGroupDiscoveryList","items":[]})");
  });
  ResourceMap map(cluster.client());
  std::atomic<int> missing = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, kind = "Kind" + std::to_string(i)] {
        ++came;
        const auto found = map.find_preferred("example.com", kind, {});
        if (!found && found.error().code() == ErrorCode::kNotFound &&
            found.error().message().find(kind) != std::string::npos) {
          ++missing;
        }
      });
    }
  }
  EXPECT_EQ(missing, kThreads);
  // Two discoveries, of two requests each, and one for whoever was late.
  EXPECT_LT(cluster.transport.request_count(), 2u * kThreads / 2);
}

// The definition may have come while another's answer was on its way.
TEST(ResourceMap, AnAnswerThatWasAskedForEarlierIsNoBadNews) {
  std::atomic<bool> asked = false;
  std::atomic<bool> installed = false;
  FakeCluster slow([&](const SeenRequest& request) {
    const bool groups = request.url.ends_with("/apis");
    if (groups && !installed) {
      asked = true;
      while (!installed) std::this_thread::yield();
      return FakeAnswer::json(200, R"({"kind":"APIGroupDiscoveryList","items":[]})");
    }
    const std::string ducks =
        R"({"metadata":{"name":"example.com"},"versions":[{"version":"v1","resources":[)"
        R"({"resource":"ducks","scope":"Namespaced","responseKind":{"kind":"Duck"}}]}]})";
    return FakeAnswer::json(
        200, R"({"kind":"APIGroupDiscoveryList","items":[)" + (groups ? ducks : "") + "]}");
  });
  ResourceMap map(slow.client());
  std::jthread early([&] {
    EXPECT_THAT(map.find(kDuck, {}), fails_with(ErrorCode::kNotFound, "does not serve"));
  });
  while (!asked) std::this_thread::yield();
  std::jthread late([&] { EXPECT_OK(map.find(kDuck, {})); });
  installed = true;
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
