#include <gmock/gmock.h>

#include "controller_case.h"
#include "support/test_server.h"

namespace sealift::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class ControllerTenancy : public ControllerCase {
 protected:
  void SetUp() override {
    ControllerCase::SetUp();
    other_ = name_ + "-other";
    ASSERT_EQ(cluster_.kubectl({"create", "namespace", other_}).exit_code, 0);
  }

  static std::string kubeconfig_of(const std::string& server) {
    return "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: "
           "{cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: '" +
           server + "'}}]\nusers: [{name: u, user: {token: t}}]\n";
  }

  std::string other_;  // somebody else's namespace
};

TEST_F(ControllerTenancy, WithoutAServiceAccountNothingIsDone) {
  publish();
  trust();
  start_puller();
  declare("shop", "");
  EXPECT_THAT(message_for("ServiceAccountRequired"), HasSubstr("serviceAccountName"));
  EXPECT_EQ(condition("Stalled").string_at({"reason"}), "ServiceAccountRequired");
  EXPECT_TRUE(config_map_at("a").is_null());
  EXPECT_EQ(console({"reconcile", "shop", "--wait"}).exit_code, 5);
  declare();
  wait_for("condition=Ready");
}

TEST_F(ControllerTenancy, WhatTheAccountMayNotIsNamedAndNothingIsTouched) {
  put("service.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: " + name_ +
                          "}\nspec: {ports: [{port: 80}]}\n");
  publish();
  trust();
  start_puller();
  declare();
  EXPECT_THAT(message_for("Forbidden"),
              AllOf(HasSubstr("system:serviceaccount:" + name_ + ":deployer"),
                    HasSubstr("resource \"services\""), HasSubstr(name_)));
  EXPECT_TRUE(config_map_at("a").is_null());
  // The administrator grants it; nothing else has to happen.
  kubectl({"create", "role", "services", "--verb=get,list,watch,create,patch,delete",
           "--resource=services"});
  kubectl({"create", "rolebinding", "services", "--role=services",
           "--serviceaccount=" + name_ + ":deployer"});
  wait_for("condition=Ready");
}

TEST_F(ControllerTenancy, AnotherNamespaceIsOutOfReach) {
  for (const auto* file : {"a.yaml", "b.yaml"}) drop(file);
  put("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {value: \"1\"}\n");
  publish();
  trust();
  start_puller();
  declare("shop", std::string(kAccount) + "  targetNamespace: " + other_ + "\n");
  EXPECT_THAT(message_for("Forbidden"),
              AllOf(HasSubstr("system:serviceaccount:" + name_ + ":deployer"), HasSubstr(other_)));
  EXPECT_TRUE(get("/api/v1/namespaces/" + other_ + "/configmaps/a").is_null());
}

TEST_F(ControllerTenancy, SecretsAreReadAsTheAccount) {
  ASSERT_EQ(cluster_
                .kubectl({"-n", other_, "create", "secret", "generic", "settings",
                          "--from-literal=VALUE=stolen"})
                .exit_code,
            0);
  kubectl({"create", "secret", "generic", "settings", "--from-literal=VALUE=own"});
  change("a.yaml", "\"1\"", "\"${VALUE}\"");
  publish();
  trust();
  start_puller();
  const auto from = std::string(kAccount) + "  substituteFrom: [{kind: Secret, name: settings}]\n";
  // There is no way to name another namespace's, and the own one takes the account's right.
  declare("shop", from);
  const bool told = eventually([&] {
    return condition("Ready").string_at({"message"}).find("may not read") != std::string_view::npos;
  });
  EXPECT_TRUE(told) << dump_json(delivery("shop"));
  EXPECT_TRUE(config_map_at("a").is_null());
  kubectl({"create", "role", "settings", "--verb=get", "--resource=secrets"});
  kubectl({"create", "rolebinding", "settings", "--role=settings",
           "--serviceaccount=" + name_ + ":deployer"});
  wait_for("condition=Ready");
  EXPECT_EQ(value_of("a"), "own");
}

TEST_F(ControllerTenancy, NobodySendsThePullerToItsOwnMachine) {
  test::TestServer inside([](const test::SeenRequest&) { return test::FakeAnswer{}; });
  publish();
  trust();
  kubectl({"create", "role", "secrets", "--verb=get", "--resource=secrets"});
  kubectl({"create", "rolebinding", "secrets", "--role=secrets",
           "--serviceaccount=" + name_ + ":deployer"});
  kubectl({"create", "secret", "generic", "cluster",
           "--from-literal=value=" + kubeconfig_of("https://" + inside.host())});
  kubectl({"create", "secret", "generic", "proxy", "--from-literal=address=" + inside.url("")});
  local_addresses_ = false;
  start_puller();

  declare("cluster", std::string(kAccount) + "  kubeConfig: {secretRef: {name: cluster}}\n");
  use_repository("oci://" + inside.host() + "/app");
  declare("registry");
  use_repository("oci://registry.example/app");
  artifact_ = "tag: prod, insecure: true, proxySecretRef: {name: proxy}";
  declare("proxy");
  for (const auto* name : {"cluster", "registry", "proxy"}) {
    EXPECT_TRUE(eventually([&] {
      const std::string message(condition("Ready", name).string_at({"message"}));
      return message.find("a loopback address: nothing was sent") != std::string_view::npos &&
             message.find("--allow-local-addresses") != std::string_view::npos;
    })) << dump_json(delivery(name));
  }
  EXPECT_EQ(inside.request_count(), 0u);
}

TEST_F(ControllerTenancy, ATenantWritesNoStatusAndNoPolicy) {
  const auto folder = std::string(SEALIFT_SOURCE_DIR) + "/packaging/install/tenant-roles.yaml";
  ASSERT_EQ(cluster_.kubectl({"apply", "--server-side", "-f", folder}).exit_code, 0);
  kubectl({"create", "serviceaccount", "tenant"});
  kubectl({"create", "rolebinding", "tenant", "--clusterrole=sealift-edit",
           "--serviceaccount=" + name_ + ":tenant"});
  const auto may = [&](std::vector<std::string> what) {
    what.insert(what.begin(), {"--namespace", name_, "auth", "can-i",
                               "--as=system:serviceaccount:" + name_ + ":tenant"});
    return cluster_.kubectl(what).exit_code == 0;
  };
  EXPECT_TRUE(may({"create", "deliveries.sealift.dev"}));
  EXPECT_FALSE(may({"patch", "deliveries.sealift.dev", "--subresource=status"}));
  EXPECT_FALSE(may({"create", "trustpolicies.sealift.dev"}));
  EXPECT_FALSE(may({"create", "deliveries.sealift.dev", "--namespace", other_}));
  EXPECT_FALSE(may({"get", "secrets"}));
}

}  // namespace
}  // namespace sealift::e2e
