#pragma once

#include <sealift/kube/apply.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/object.h>

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/result_matchers.h"
#include "support/test_cluster.h"

namespace sealift::kube {

// One object of YAML, in a namespace.
inline objects::Object object_in(std::string_view name_space, std::string_view yaml) {
  auto parsed = objects::parse_objects(yaml, "test.yaml");
  EXPECT_THAT(parsed, test::is_ok());
  auto object = parsed->at(0);
  object.set_name_space(std::string(name_space));
  return object;
}

// For what the server does on its own time and without an event to wait for. The limit only ends a
// test that would hang.
inline bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

// A namespace of its own on the shared control plane, with the means to apply to it.
class KubeContract : public testing::Test {
 protected:
  test::TestCluster& cluster_ = test::TestCluster::shared();
  ApiClient client_ = cluster_.client();
  ResourceMap resources_{client_};
  std::string name_space_ = cluster_.make_namespace();

  Result<Json> apply(std::string_view yaml, ApplyOptions options = {}) {
    return apply(client_, yaml, options);
  }
  Result<Json> apply(const ApiClient& client, std::string_view yaml, ApplyOptions options = {}) {
    const auto object = object_in(name_space_, yaml);
    SEALIFT_ASSIGN(const auto resource, resources_.find(object.gvk(), {}));
    return apply_object(client, resource, object, options, {});
  }
  // In the case's namespace; a failure fails the test. Returns what it printed.
  std::string kubectl(std::vector<std::string> arguments, std::string standard_input = {}) {
    arguments.insert(arguments.begin(), {"--namespace", name_space_});
    const auto done = cluster_.kubectl(arguments, std::move(standard_input));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out;
  }
  const Resource config_maps_{{"", "v1", "ConfigMap"}, "configmaps", true};
  const Resource deployments_{{"apps", "v1", "Deployment"}, "deployments", true};
};

}  // namespace sealift::kube
