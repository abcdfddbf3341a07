#include <gmock/gmock.h>

#include "remote_case.h"
#include "support/registry_server.h"
#include "support/tcp_tunnel.h"
#include "support/test_certificate.h"

namespace sealift::e2e {
namespace {

using testing::Contains;
using testing::Each;

// How a Delivery's artifact is reached: spec.artifact.
class RegistryAccess : public RemoteCase {
 protected:
  void SetUp() override {
    RemoteCase::SetUp();
    for (const auto* file : {"a.yaml", "b.yaml"}) drop(file);
  }
  // A Delivery of the folder of its name, with its own ConfigMap.
  void put_folder(const std::string& name) {
    put(name + "/" + name + ".yaml", config_map(name, "1"));
  }
  void declare_with(const std::string& name, const std::string& artifact) {
    artifact_ = artifact;
    declare(name, std::string(kAccount) + "  path: " + name + "\n");
  }
  static std::string docker_config(const std::string& registry, const std::string& password) {
    return R"({"auths":{")" + registry + R"(":{"username":"ada","password":")" + password + "\"}}}";
  }
  void put_data(const std::string& name, const std::map<std::string, std::string>& data) {
    apply(secret_yaml(name, data));
  }
  static std::string ref(const std::string& field, const std::string& secret) {
    return field + ": {name: " + secret + "}";
  }
};

TEST_F(RegistryAccess, LoginCertificatesAndProxyComeFromSecrets) {
  const auto client = test::TestCertificate::make();
  const auto other = test::TestCertificate::make();
  const auto client_ca = directory_.write("client-ca.pem", client.ca_pem);
  const test::RegistryServer registry(
      "distribution", {"--htpasswd", "ada:se:cret", "--tls", "--client-ca", client_ca});
  test::TcpTunnel proxy(test::TcpTunnel::Proxy{"me:p@ss word"});
  const auto address = registry.address();
  use_repository("oci://" + address + "/shop");
  registry_flags_ = {
      "--ca-file",         directory_.write("ca.pem", registry.ca_pem()),
      "--cert-file",       directory_.write("client.pem", client.certificate_pem),
      "--key-file",        directory_.write("client.key", client.key_pem),
      "--registry-config", directory_.write("config.json", docker_config(address, "se:cret"))};
  const std::vector<std::string> names{
      "good",   "proxied", "no-login",  "wrong-password", "wrong-type", "no-secret", "wrong-ca",
      "bad-ca", "no-cert", "half-cert", "no-entries",     "no-address", "no-proxy",  "proxy-login"};
  for (const auto& name : names) put_folder(name);
  publish();
  repository_ = address + "/shop";
  trust();
  repository_ = "oci://" + address + "/shop";

  const std::map<std::string, std::string> certificates{{"ca.crt", registry.ca_pem()},
                                                        {"tls.crt", client.certificate_pem},
                                                        {"tls.key", client.key_pem}};
  const auto with = [&](const std::string& key, const std::string& value) {
    auto changed = certificates;
    changed[key] = value;
    return changed;
  };
  const auto proxy_url = "http://127.0.0.1:" + std::to_string(proxy.port());
  put_data("login", {{".dockerconfigjson", docker_config(address, "se:cret")}});
  put_data("wrong-password", {{".dockerconfigjson", docker_config(address, "wrong")}});
  put_data("wrong-type", {{"username", "ada"}, {"password", "se:cret"}});
  put_data("certificates", certificates);
  put_data("wrong-ca", with("ca.crt", other.ca_pem));
  put_data("bad-ca", with("ca.crt", "no certificate"));
  put_data("no-cert", {{"ca.crt", registry.ca_pem()}});
  put_data("half-cert", with("tls.key", ""));
  put_data("proxy", {{"address", proxy_url}, {"username", "me"}, {"password", "p@ss word"}});
  put_data("proxy-login", {{"address", proxy_url}, {"username", "me"}, {"password", "wrong"}});
  put_data("no-proxy", {{"address", "http://127.0.0.1:1"}});
  const auto login = ref("secretRef", "login");
  const auto certs = ref("certSecretRef", "certificates");
  start_puller();
  const auto try_with = [&](const std::string& name, const std::string& refs) {
    declare_with(name, "tag: prod, " + refs);
  };
  try_with("good", login + ", " + certs);
  try_with("proxied", login + ", " + certs + ", " + ref("proxySecretRef", "proxy"));
  try_with("no-login", certs);
  try_with("wrong-password", certs + ", " + ref("secretRef", "wrong-password"));
  try_with("wrong-type", certs + ", " + ref("secretRef", "wrong-type"));
  try_with("no-secret", certs + ", " + ref("secretRef", "none"));
  for (const auto* name : {"wrong-ca", "bad-ca", "no-cert", "half-cert"}) {
    try_with(name, login + ", " + ref("certSecretRef", name));
  }
  try_with("no-entries", login + ", " + ref("certSecretRef", "login"));
  try_with("no-address", login + ", " + certs + ", " + ref("proxySecretRef", "login"));
  for (const auto* name : {"no-proxy", "proxy-login"}) {
    try_with(name, login + ", " + certs + ", " + ref("proxySecretRef", name));
  }

  wait_for("condition=Ready", "good");
  wait_for("condition=Ready", "proxied");
  EXPECT_THAT(proxy.targets(), Each(address));
  EXPECT_THAT(proxy.targets(), Contains(address));
  expect_message("in the Delivery's artifact.secretRef", "no-login");
  expect_message("refused the credentials", "wrong-password");
  expect_message("the Secret " + name_ + "/wrong-type has no entry .dockerconfigjson",
                 "wrong-type");
  expect_message("names the Secret none, and there is none", "no-secret");
  expect_message("the certificate of " + address + " is refused", "wrong-ca");
  expect_message("the CA certificates for " + address + " cannot be read", "bad-ca");
  expect_message("certificate", "no-cert");
  expect_message("has only one of tls.crt and tls.key", "half-cert");
  expect_message("has neither ca.crt nor tls.crt and tls.key", "no-entries");
  expect_message("has no entry address", "no-address");
  expect_message("cannot connect to", "no-proxy");
  expect_message("407", "proxy-login");
  for (const auto& name : names) {
    const std::string message(condition("Ready", name).string_at({"message"}));
    EXPECT_EQ(message.find("p@ss"), std::string_view::npos) << message;
    EXPECT_EQ(message.find("p%40ss"), std::string_view::npos) << message;
    if (name == "good" || name == "proxied") continue;
    EXPECT_EQ(condition("Ready", name).string_at({"reason"}), "ArtifactFailed") << name;
    EXPECT_TRUE(config_map_at(name).is_null()) << name;
  }

  // A Secret that is put right is enough.
  put_data("wrong-password", {{".dockerconfigjson", docker_config(address, "se:cret")}});
  put_data("wrong-ca", certificates);
  put_data("proxy-login", {{"address", proxy_url}, {"username", "me"}, {"password", "p@ss word"}});
  for (const auto* name : {"wrong-password", "wrong-ca", "proxy-login"}) {
    wait_for("condition=Ready", name);
  }
}

TEST_F(RegistryAccess, ReferencesAreFollowedAsTheySay) {
  const test::RegistryServer registry("distribution");
  const std::vector<std::string> names{"by-tag", "by-range",  "by-digest", "nothing-fits",
                                       "no-tag", "no-digest", "secure"};
  for (const auto& name : names) put_folder(name);
  use_repository("oci://" + registry.address() + "/shop");
  const auto set_all = [&](const std::string& from, const std::string& to) {
    for (const auto& name : names) change(name + "/" + name + ".yaml", from, to);
  };
  tag_ = "1.4.0";
  publish();
  set_all("\"1\"", "\"2\"");
  tag_ = "2.0.0";
  publish();
  repository_ = registry.address() + "/shop";
  trust();
  repository_ = "oci://" + registry.address() + "/shop";
  start_puller();
  const std::string plain = ", insecure: true";
  declare_with("by-tag", "tag: 2.0.0" + plain);
  declare_with("by-range", "semver: '>=1.4.0 <2.0.0'" + plain);
  declare_with("nothing-fits", "semver: '>=3.0.0'" + plain);
  declare_with("no-tag", "tag: 9.9.9" + plain);
  declare_with("no-digest", "digest: 'sha256:" + std::string(64, '0') + "'" + plain);
  declare_with("secure", "tag: 2.0.0");
  wait_for("condition=Ready", "by-tag");
  wait_for("condition=Ready", "by-range");
  EXPECT_EQ(value_of("by-tag"), "2");
  EXPECT_EQ(value_of("by-range"), "1");
  const std::string pinned(delivery("by-range").string_at({"status", "artifact", "digest"}));
  declare_with("by-digest", "digest: '" + pinned + "'" + plain);
  wait_for("condition=Ready", "by-digest");
  EXPECT_EQ(value_of("by-digest"), "1");

  // A newer version of the range comes, and the tag moves; the digest stays.
  set_all("\"2\"", "\"3\"");
  tag_ = "1.5.0";
  publish();
  expect_value("by-range", "3");
  set_all("\"3\"", "\"4\"");
  tag_ = "2.0.0";
  publish();
  expect_value("by-tag", "4");
  EXPECT_EQ(value_of("by-digest"), "1");
  EXPECT_EQ(value_of("by-range"), "3");

  expect_message("is a version in the range >=3.0.0", "nothing-fits");
  expect_message("9.9.9", "no-tag");
  expect_message(std::string(12, '0'), "no-digest");
  expect_message("insecure: true", "secure");
  for (const auto* name : {"nothing-fits", "no-tag", "no-digest", "secure"}) {
    EXPECT_TRUE(config_map_at(name).is_null()) << name;
  }
}

}  // namespace
}  // namespace sealift::e2e
