#pragma once

#include <sealift/controller/definitions.h>
#include <sealift/kube/api_client.h>
#include <sealift/objects/yaml.h>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/result_matchers.h"
#include "support/test_cluster.h"

namespace sealift::controller {

// The shared control plane with our definitions and the namespace "edge".
class DefinitionsContract : public testing::Test {
 protected:
  static constexpr std::string_view kDeliveries =
      "/apis/sealift.dev/v1alpha1/namespaces/edge/deliveries";
  static constexpr std::string_view kTrustPolicies = "/apis/sealift.dev/v1alpha1/trustpolicies";

  static void SetUpTestSuite() {
    auto& cluster = test::TestCluster::shared();
    cluster.kubectl_apply(delivery_definition());
    cluster.kubectl_apply(trust_policy_definition());
    cluster.kubectl_apply("{apiVersion: v1, kind: Namespace, metadata: {name: edge}}");
    const auto waited = cluster.kubectl({"wait", "--for=condition=Established", "crd",
                                         "deliveries.sealift.dev", "trustpolicies.sealift.dev"});
    ASSERT_EQ(waited.exit_code, 0) << waited.err;
  }

  static Json json(std::string_view yaml) {
    auto documents = objects::parse_yaml(yaml, "test.yaml");
    EXPECT_THAT(documents, test::is_ok());
    return documents ? documents->at(0).value : Json();
  }

  // As `kubectl create` would, and nothing is stored.
  Result<Json> try_create(std::string_view path, std::string_view yaml) const {
    return client_.create(path, {{"dryRun", "All"}, {"fieldValidation", "Strict"}}, json(yaml), {});
  }

  // What it printed; a failure fails the test.
  std::string kubectl(std::vector<std::string> arguments, std::string standard_input = {}) const {
    const auto done = cluster_.kubectl(std::move(arguments), std::move(standard_input));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    return done.out;
  }

  test::TestCluster& cluster_ = test::TestCluster::shared();
  kube::ApiClient client_ = cluster_.client();
};

}  // namespace sealift::controller
