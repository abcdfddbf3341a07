#include "installed_puller.h"

#include <gtest/gtest.h>

#include <vector>

namespace sealift::e2e {
namespace {

constexpr const char* kSystem = "sealift-system";
constexpr const char* kPuller = "sealift-system:sealift-puller";

std::string must(test::TestCluster& cluster, const std::vector<std::string>& arguments) {
  const auto done = cluster.kubectl(arguments);
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  return done.out;
}

std::string install(test::TestCluster& cluster) {
  const auto packaging = std::string(SEALIFT_SOURCE_DIR) + "/packaging/";
  must(cluster,
       {"apply", "--server-side", "--force-conflicts", "-f", packaging + "crds", "-f",
        packaging + "install/namespace.yaml", "-f", packaging + "install/puller-roles.yaml"});
  must(cluster, {"wait", "--for=condition=Established", "--timeout=60s", "-f", packaging + "crds"});
  must(cluster, {"-n", kSystem, "create", "serviceaccount", "sealift-puller"});
  for (const auto* role : {"deliveries", "policies", "watch"}) {
    const auto name = std::string("sealift-puller-") + role;
    must(cluster, {"create", "clusterrolebinding", name, "--clusterrole=" + name,
                   std::string("--serviceaccount=") + kPuller});
  }
  must(cluster, {"-n", kSystem, "create", "rolebinding", "sealift-puller-leader",
                 "--role=sealift-puller-leader", std::string("--serviceaccount=") + kPuller});
  const auto token = must(cluster, {"-n", kSystem, "create", "token", "sealift-puller"});
  return token.substr(0, token.find('\n'));
}

}  // namespace

const std::string& installed_puller_token(test::TestCluster& cluster) {
  static const std::string token = install(cluster);
  return token;
}

}  // namespace sealift::e2e
