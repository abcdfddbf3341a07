#include "remote_case.h"

#include <sealift/base/encoding.h>

#include <cstdlib>

namespace sealift::e2e {
namespace {

constexpr const char* kDeployer = "--verb=get,list,watch,create,patch,delete";

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

void RemoteCase::SetUpTestSuite() {
  // Whoever asks first decides: no story here needs a pod that runs.
  test::TestCluster::shared(test::TestCluster::Nodes::kNone);
}

test::TestCluster& RemoteCase::remote() {
  static test::TestCluster cluster(test::TestCluster::Nodes::kNone);
  return cluster;
}

int RemoteCase::port_of(const test::TestCluster& cluster) {
  const auto url = cluster.access().server_url;
  return std::atoi(url.substr(url.rfind(':') + 1).c_str());
}

std::string RemoteCase::remote_token() {
  static const std::string token = [] {
    remote().kubectl({"create", "serviceaccount", "puller"});
    remote().kubectl({"create", "clusterrole", "puller-acts", "--verb=impersonate",
                      "--resource=serviceaccounts"});
    remote().kubectl({"create", "clusterrole", "puller-inventory", "--verb=get,create,patch,delete",
                      "--resource=configmaps"});
    for (const auto* role : {"puller-acts", "puller-inventory"}) {
      remote().kubectl({"create", "clusterrolebinding", role, std::string("--clusterrole=") + role,
                        "--serviceaccount=default:puller"});
    }
    return first_line(remote().kubectl({"create", "token", "puller", "--duration=24h"}).out);
  }();
  return token;
}

void RemoteCase::SetUp() {
  ControllerCase::SetUp();
  kubectl({"create", "role", "reads-secrets", "--verb=get", "--resource=secrets"});
  kubectl({"create", "rolebinding", "reads-secrets", "--role=reads-secrets",
           "--serviceaccount=" + name_ + ":deployer"});
  ASSERT_EQ(remote().kubectl({"create", "namespace", name_}).exit_code, 0);
  remote_kubectl(
      {"create", "role", "deployer", kDeployer, "--resource=configmaps,deployments.apps"});
  remote_kubectl({"create", "rolebinding", "deployer", "--role=deployer",
                  "--serviceaccount=" + name_ + ":deployer"});
}

std::string RemoteCase::kubeconfig(const Kubeconfig& wishes) {
  const auto access = remote().access();
  const auto server = wishes.server.empty() ? access.server_url : wishes.server;
  const auto ca = wishes.ca_pem.empty() ? access.server->ca_pem : wishes.ca_pem;
  const auto user = wishes.user.empty() ? "token: " + remote_token() : wishes.user;
  const auto more = wishes.cluster.empty() ? std::string() : ", " + wishes.cluster;
  return "apiVersion: v1\nkind: Config\ncurrent-context: " + wishes.name +
         "\ncontexts: [{name: " + wishes.name +
         ", context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: '" + server +
         "', certificate-authority-data: " + base64_encode(ca) + more +
         "}}]\nusers: [{name: u, user: {" + user + "}}]\n";
}

void RemoteCase::put_secret(const std::string& name, const std::string& key,
                            const std::string& value, const std::string& type) {
  apply(secret_yaml(name, {{key, value}}, type));
}

std::string RemoteCase::secret_yaml(const std::string& name,
                                    const std::map<std::string, std::string>& data,
                                    const std::string& type) const {
  std::string entries;
  for (const auto& [key, value] : data) {
    entries += (entries.empty() ? "" : ", ") + key + ": " + base64_encode(value);
  }
  return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: " + name_ +
         "}\ntype: " + type + "\ndata: {" + entries + "}\n";
}

std::string RemoteCase::into(const std::string& secret, const std::string& key) {
  return std::string(kAccount) + "  kubeConfig: {secretRef: {name: " + secret +
         (key.empty() ? "" : ", key: " + key) + "}}\n";
}

Json RemoteCase::remote_get(const std::string& path) const {
  auto found = remote().client().get(path, {}, {});
  if (found) return *std::move(found);
  EXPECT_EQ(found.error().code(), ErrorCode::kNotFound) << found.error().message();
  return {};
}

std::string RemoteCase::remote_value_of(const std::string& config_map) const {
  return std::string(remote_get(core("configmaps/" + config_map)).string_at({"data", "value"}));
}

void RemoteCase::expect_remote_value(const std::string& config_map, const std::string& value) {
  EXPECT_TRUE(eventually([&] { return remote_value_of(config_map) == value; }))
      << config_map << " is not " << value << " in the remote cluster\n"
      << dump_json(delivery("shop"));
}

void RemoteCase::expect_remote_gone(const std::string& path) {
  EXPECT_TRUE(eventually([&] { return remote_get(path).is_null(); })) << path;
}

std::string RemoteCase::remote_kubectl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"--namespace", name_});
  const auto done = remote().kubectl(arguments);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  return done.out;
}

void RemoteCase::expect_message(const std::string& text, const std::string& name) {
  const bool told = eventually([&] {
    return condition("Ready", name).string_at({"message"}).find(text) != std::string_view::npos;
  });
  EXPECT_TRUE(told) << name << " never says \"" << text << "\": " << dump_json(delivery(name));
}

void RemoteCase::ask_for_run(const std::string& name) {
  static int count = 0;
  patch_delivery(name, R"({"metadata":{"annotations":{"sealift.dev/requestedAt":"test-)" +
                           std::to_string(++count) + R"("}}})");
}

}  // namespace sealift::e2e
