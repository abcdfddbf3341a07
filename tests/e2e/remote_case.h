#pragma once

#include <map>
#include <string>

#include "controller_case.h"

namespace sealift::e2e {

// The puller on what lies outside of its own cluster. There is a second control plane, the remote
// cluster, with a namespace of the same name, where the identity of remote_token() may act as
// service accounts and keep inventories, and "deployer" may do everything with ConfigMaps and
// Deployments. The Delivery's account "deployer" may read the Secrets of its namespace.
class RemoteCase : public ControllerCase {
 protected:
  static void SetUpTestSuite();
  void SetUp() override;

  static test::TestCluster& remote();
  static int port_of(const test::TestCluster& cluster);
  // Of an identity with these rights and no more.
  static std::string remote_token();

  struct Kubeconfig {
    std::string server = {};   // empty: the remote cluster's own address
    std::string ca_pem = {};   // empty: the remote cluster's
    std::string user = {};     // YAML of the user's fields; empty: remote_token()
    std::string cluster = {};  // more YAML fields of the cluster
    std::string name = "edge";
  };
  static std::string kubeconfig(const Kubeconfig& wishes);
  // The remote cluster through remote_proxy_.
  std::string proxied_kubeconfig() const { return remote_proxy_.kubeconfig(remote_token()); }
  // Creates or changes the Secret in name_.
  void put_secret(const std::string& name, const std::string& key, const std::string& value,
                  const std::string& type = "Opaque");
  std::string secret_yaml(const std::string& name, const std::map<std::string, std::string>& data,
                          const std::string& type = "Opaque") const;
  // spec of a Delivery into the cluster of this Secret, as "deployer".
  static std::string into(const std::string& secret, const std::string& key = {});

  Json remote_get(const std::string& path) const;
  std::string remote_value_of(const std::string& config_map) const;
  void expect_remote_value(const std::string& config_map, const std::string& value);
  void expect_remote_gone(const std::string& path);
  std::string remote_kubectl(std::vector<std::string> arguments);

  // A message about the Delivery, Ready or not, says this.
  void expect_message(const std::string& text, const std::string& name);
  // Asks for a run now.
  void ask_for_run(const std::string& name);

  test::CountingProxy remote_proxy_{remote().access().server_url, remote().access().server};
};

}  // namespace sealift::e2e
