#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/kube_config.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.h"
#include "support/temp_directory.h"

namespace sealift::test {

// A real control plane (tests/cluster) for one test program, which shares it over its cases; each
// case takes a namespace of its own. It stops when the program ends, however it ends. A control
// plane that does not start ends the test program with its log: no test can say anything then.
class TestCluster {
 public:
  enum class Nodes { kNone, kFake };  // kFake: with a scheduler, and kwok for pods
  // The first call starts it and decides about nodes.
  static TestCluster& shared(Nodes nodes = Nodes::kNone);

  explicit TestCluster(Nodes nodes);
  ~TestCluster();
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

  std::string kubeconfig() const { return directory_.file("cluster/kubeconfig"); }
  // As admin; `user`: somebody without any permission.
  kube::ClusterAccess access() const;
  kube::ClusterAccess user_access() const;
  kube::ApiClient client() { return client(access()); }
  kube::ApiClient client(kube::ClusterAccess as);
  HttpTransport& transport() { return *transport_; }

  // Creates a namespace with a name that no other case has.
  std::string make_namespace();
  // Runs kubectl as admin.
  ProcessResult kubectl(std::vector<std::string> arguments, std::string standard_input = {}) const;
  // Server-side apply by kubectl of manifests in YAML, as a manager of its own. Aborts on failure.
  void kubectl_apply(std::string_view yaml, std::string_view manager = "kubectl") const;

  // SIGKILL; the data stays, the port as well.
  void stop_api_server();
  void start_api_server();
  // SIGTERM, and SIGKILL after some seconds.
  void end_api_server();
  // etcd forgets every version but the last.
  void compact();

 private:
  std::string folder() const { return directory_.file("cluster"); }
  void run_fixture(std::vector<std::string> arguments) const;
  std::string environment_value(std::string_view name) const;

  TempDirectory directory_;
  std::unique_ptr<HttpTransport> transport_;
  int namespaces_ = 0;
};

}  // namespace sealift::test
