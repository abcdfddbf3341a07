#include <sealift/kube/discovery.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fake_cluster.h"
#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

using test::fails_with;
using test::FakeAnswer;
using test::FakeCluster;
using test::SeenRequest;

std::vector<std::string> described(const std::vector<Resource>& resources) {
  std::vector<std::string> out;
  for (const auto& r : resources) {
    out.push_back(r.gvk.api_version() + " " + r.gvk.kind + " " + r.plural +
                  (r.namespaced ? "" : " cluster"));
  }
  return out;
}

TEST(AggregatedDiscovery, GivesKindsWithoutSubresources) {
  const auto list = *parse_json(R"({"kind":"APIGroupDiscoveryList","items":[
    {"metadata":{"name":"apps"},"versions":[{"version":"v1","resources":[
      {"resource":"deployments","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},
       "scope":"Namespaced","subresources":[{"subresource":"scale",
       "responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"}}]}]}]},
    {"metadata":{"name":"example.com"},"versions":[
      {"version":"v2","resources":[{"resource":"ducks","responseKind":{"kind":"Duck"},
       "scope":"Cluster"}]},
      {"version":"v1","resources":[{"resource":"ducks","responseKind":{"kind":"Duck"},
       "scope":"Cluster"}]}]}]})",
                                "test");
  ASSERT_OK_ASSIGN(const auto discovery, parse_aggregated_discovery(list));
  EXPECT_EQ(described(discovery.resources),
            (std::vector<std::string>{"apps/v1 Deployment deployments",
                                      "example.com/v2 Duck ducks cluster",
                                      "example.com/v1 Duck ducks cluster"}));
}

TEST(AggregatedDiscovery, TellsWhichGroupsAreSilent) {
  const auto list = *parse_json(R"({"items":[
    {"metadata":{"name":"away"},"versions":[{"version":"v1","freshness":"Stale"}]},
    {"metadata":{"name":"here"},"versions":[{"version":"v1","freshness":"Current"}]}]})",
                                "test");
  ASSERT_OK_ASSIGN(const auto discovery, parse_aggregated_discovery(list));
  EXPECT_EQ(discovery.silent_groups, (std::set<std::string, std::less<>>{"away"}));
}

TEST(AggregatedDiscovery, RefusesAResourceThatIsNoPathSegment) {
  const auto list = *parse_json(R"({"items":[{"metadata":{"name":"g"},"versions":[{"version":"v1",
    "resources":[{"resource":"../secrets","responseKind":{"kind":"Duck"}}]}]}]})",
                                "test");
  EXPECT_THAT(parse_aggregated_discovery(list),
              fails_with(ErrorCode::kInvalidInput, "no path segment"));
}

TEST(ResourceList, GivesKindsWithoutSubresources) {
  const auto list = *parse_json(R"({"kind":"APIResourceList","groupVersion":"v1","resources":[
    {"name":"pods","kind":"Pod","namespaced":true},
    {"name":"pods/exec","kind":"PodExecOptions","namespaced":true},
    {"name":"nodes","kind":"Node","namespaced":false}]})",
                                "test");
  ASSERT_OK_ASSIGN(const auto kinds, parse_resource_list(list, "", "v1"));
  EXPECT_EQ(described(kinds), (std::vector<std::string>{"v1 Pod pods", "v1 Node nodes cluster"}));
}

TEST(Discover, AsksAnOldServerGroupByGroupThePreferredVersionFirst) {
  FakeCluster cluster([](const SeenRequest& request) {
    const auto path = request.url.substr(std::string("https://api.test").size());
    const auto one = [](const char* plural, const char* kind) {
      return FakeAnswer::json(
          200, std::string(R"({"kind":"APIResourceList","resources":[{"name":")") + plural +
                   R"(","kind":")" + kind + "\"}]}");
    };
    if (path == "/api") return FakeAnswer::json(200, R"({"kind":"APIVersions","versions":["v1"]})");
    if (path == "/api/v1") return one("pods", "Pod");
    if (path == "/apis") {
      return FakeAnswer::json(200, R"({"kind":"APIGroupList","groups":[{"name":"g","versions":[
        {"version":"v1beta1"},{"version":"v1"}],"preferredVersion":{"version":"v1"}},
        {"name":"away","versions":[{"version":"v1"}],"preferredVersion":{"version":"v1"}}]})");
    }
    if (path.starts_with("/apis/g/")) return one("ducks", "Duck");
    return FakeAnswer::json(503, "");
  });
  ASSERT_OK_ASSIGN(const auto discovery, discover(cluster.client(), {}));
  EXPECT_EQ(described(discovery.resources),
            (std::vector<std::string>{"v1 Pod pods cluster", "g/v1 Duck ducks cluster",
                                      "g/v1beta1 Duck ducks cluster"}));
  EXPECT_EQ(discovery.silent_groups, (std::set<std::string, std::less<>>{"away"}));
  EXPECT_TRUE(cluster.transport.requests().at(0).headers.get("Accept")->starts_with(
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"));
}

TEST(Discover, RefusesWhatIsNoDiscovery) {
  FakeCluster cluster(
      [](const SeenRequest&) { return FakeAnswer::json(200, R"({"kind":"Pod"})"); });
  EXPECT_THAT(discover(cluster.client(), {}),
              fails_with(ErrorCode::kInvalidInput, "\"Pod\", which is no discovery document"));
}

}  // namespace
}  // namespace sealift::kube
