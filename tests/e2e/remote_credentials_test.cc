#include <gmock/gmock.h>

#include <filesystem>

#include "remote_case.h"
#include "support/test_certificate.h"

namespace sealift::e2e {
namespace {

using testing::IsEmpty;

class RemoteCredentials : public RemoteCase {
 protected:
  void SetUp() override {
    RemoteCase::SetUp();
    publish();
    trust();
  }
  // Deliveries of one artifact into one cluster; each would have a set of its own.
  void deliver_with(const std::string& name, const std::string& content) {
    put_secret(name, "value", content);
    declare(name, into(name));
  }
};

TEST_F(RemoteCredentials, WhatIsWrongIsSaidAndNothingIsTouched) {
  const auto marker = directory_.file("started");
  const auto local = directory_.write("ca.crt", remote().access().server->ca_pem);
  const auto token = directory_.write("token", remote_token());
  start_puller();
  declare("missing", into("missing"));
  put_secret("other-key", "config", kubeconfig({}));
  declare("other-key", into("other-key"));
  put_secret("named-key", "value", kubeconfig({}));
  declare("named-key", into("named-key", "config"));
  deliver_with("no-yaml", "\t{");
  deliver_with("no-kubeconfig", "apiVersion: v1\nkind: ConfigMap\n");
  deliver_with("program", kubeconfig({.user = "exec: {apiVersion: client.authentication.k8s.io/v1, "
                                              "command: touch, args: ['" +
                                              marker + "'], interactiveMode: Never}"}));
  deliver_with("provider", kubeconfig({.user = "auth-provider: {name: gcp}"}));
  deliver_with("token-file", kubeconfig({.user = "tokenFile: '" + token + "'"}));
  deliver_with("key-file", kubeconfig({.user = "client-certificate: '" + local +
                                               "', client-key: '" + local + "'"}));
  deliver_with("ca-file",
               "apiVersion: v1\nkind: Config\ncurrent-context: e\ncontexts: [{name: e, "
               "context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: "
               "{server: '" +
                   remote().access().server_url + "', certificate-authority: '" + local +
                   "'}}]\nusers: [{name: u, user: {token: " + remote_token() + "}}]\n");
  deliver_with("unchecked", kubeconfig({.cluster = "insecure-skip-tls-verify: true"}));
  deliver_with("in-the-clear", kubeconfig({.server = "http://edge.example.com"}));
  deliver_with("wrong-ca", kubeconfig({.ca_pem = test::TestCertificate::make().ca_pem}));
  deliver_with("bad-ca", kubeconfig({.ca_pem = "no certificate"}));
  deliver_with("wrong-token", kubeconfig({.user = "token: wrong"}));
  kubectl({"create", "serviceaccount", "blind"});
  declare("blind", "  serviceAccountName: blind\n  kubeConfig: {secretRef: {name: named-key}}\n");

  expect_message("names the Secret missing, and there is none in namespace " + name_, "missing");
  expect_message("has no key \"value\" with a kubeconfig", "other-key");
  expect_message("has no key \"config\" with a kubeconfig", "named-key");
  expect_message("the kubeconfig in Secret " + name_ + "/no-yaml", "no-yaml");
  expect_message("has no current-context", "no-kubeconfig");
  expect_message("would start a program, which Sealift never does", "program");
  expect_message("would start a program, which Sealift never does", "provider");
  expect_message("names a file", "token-file");
  expect_message("names a file", "key-file");
  expect_message("names a file", "ca-file");
  expect_message("is not accepted from others", "unchecked");
  expect_message("in clear text", "in-the-clear");
  expect_message("certificate", "wrong-ca");
  expect_message("certificate", "bad-ca");
  expect_message("Unauthorized", "wrong-token");
  expect_message("may not read", "blind");
  EXPECT_FALSE(std::filesystem::exists(marker));
  EXPECT_TRUE(remote_get(core("configmaps/a")).is_null());
  EXPECT_TRUE(config_map_at("a").is_null());
}

TEST_F(RemoteCredentials, ARotatedSecretIsPickedUp) {
  put_secret("edge", "config", remote_proxy_.kubeconfig("wrong"));
  start_puller();
  declare("shop", into("edge", "config"));
  expect_message("Unauthorized", "shop");
  put_secret("edge", "config", proxied_kubeconfig());
  wait_for("condition=Ready");
  EXPECT_EQ(remote_value_of("a"), "1");

  // While the old one still serves, a request makes the puller look.
  put_secret("edge", "config", remote_proxy_.kubeconfig(remote().access().bearer_token));
  ask_for_run("shop");
  const auto with_new = [&](const test::ProxiedRequest& request) {
    return request.headers.get("Authorization").value_or("") ==
           "Bearer " + remote().access().bearer_token;
  };
  EXPECT_TRUE(eventually([&] { return remote_proxy_.count(with_new) > 0; }));
  remote_kubectl({"delete", "configmap", "b"});
  expect_remote_value("b", "1");

  // Whoever takes the Secret away takes the power away, and gives it back with it.
  kubectl({"delete", "secret", "edge"});
  ask_for_run("shop");
  expect_message("names the Secret edge", "shop");
  remote_kubectl({"delete", "configmap", "b"});
  put_secret("edge", "config", proxied_kubeconfig());
  expect_remote_value("b", "1");
  wait_for("condition=Ready");
}

}  // namespace
}  // namespace sealift::e2e
