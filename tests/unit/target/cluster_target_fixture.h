#pragma once

#include <sealift/kube/apply_set.h>
#include <sealift/target/cluster_target.h>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <string_view>

#include "unit/delivery/sample_delivery.h"
#include "unit/kube/fake_cluster.h"

namespace sealift::target::test {

inline constexpr std::string_view kGroups =
    R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"example.com"},"versions":[
    {"version":"v1","resources":[{"resource":"ducks","scope":"Namespaced",
    "responseKind":{"kind":"Duck"}}]}]}]})";
inline constexpr std::string_view kCore =
    R"({"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":""},"versions":[
    {"version":"v1","resources":[{"resource":"configmaps","scope":"Namespaced",
    "responseKind":{"kind":"ConfigMap"}},{"resource":"namespaces","scope":"Cluster",
    "responseKind":{"kind":"Namespace"}}]}]}]})";

inline std::string set_id() { return kube::applyset_id("sealift-web", "shop", "ConfigMap", ""); }

// A member as the API server shows it.
inline std::string member(const std::string& kind, const std::string& name_space,
                          const std::string& name, const std::string& more = "") {
  const bool is_core = kind != "Duck";
  return std::string(R"({"apiVersion":")") + (is_core ? "v1" : "example.com/v1") + R"(","kind":")" +
         kind + R"(","metadata":{"name":")" + name + R"(","namespace":")" + name_space +
         R"(","uid":"u-)" + name + R"(","resourceVersion":"1","labels":{)" +
         R"("applyset.kubernetes.io/part-of":")" + set_id() + R"("},"managedFields":[{)" +
         R"("manager":"sealift","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:metadata":{)" +
         R"("f:labels":{"f:applyset.kubernetes.io/part-of":{}}}}}])" + more + "}}";
}

// The target over a server that knows ConfigMaps and Ducks, and answers the rest by `answer`.
class ClusterTargetTest : public testing::Test {
 protected:
  std::function<sealift::test::FakeAnswer(const sealift::test::SeenRequest&)> answer;
  sealift::test::FakeCluster cluster{[this](const sealift::test::SeenRequest& request) {
    if (request.url.ends_with("/api"))
      return sealift::test::FakeAnswer::json(200, std::string(kCore));
    if (request.url.ends_with("/apis"))
      return sealift::test::FakeAnswer::json(200, std::string(kGroups));
    return answer(request);
  }};
  kube::ApiClient client = cluster.client();
  kube::ResourceMap resources{client};
  delivery::Delivery delivery = delivery::test::make_delivery();
  std::counting_semaphore<> told{0};  // once for each word of the view
  std::mutex heard_mutex;
  std::map<std::string, int> heard;  // its words, by set
  members::ClusterView view{client, resources, cluster.clock, Logger::silent(),
                            [this](const std::string& applyset_id) {
                              {
                                const std::lock_guard lock(heard_mutex);
                                ++heard[applyset_id];
                              }
                              told.release();
                            }};
  std::unique_ptr<Target> target = make_cluster_target(delivery, {client, resources, view},
                                                       make_config_map_inventory(delivery, client),
                                                       cluster.clock, Logger::silent());

  int words_about(const std::string& applyset_id) {
    const std::lock_guard lock(heard_mutex);
    return heard[applyset_id];
  }
  // Returns when the view has told that often of the set.
  void hear(const std::string& applyset_id, int times) {
    while (words_about(applyset_id) < times) told.acquire();
  }
};

}  // namespace sealift::target::test
