#pragma once

#include "support/temp_directory.h"

#include <string>
#include <vector>

namespace sealift::test {

// A real registry for one test, started through tests/cluster/registry; it ends with the object, or
// with the test program however that ends. Aborts the test program, with the fixture's words, where
// the registry does not start.
class RegistryServer {
 public:
  // `kind` is one of distribution, docker-registry, crane; `more` are further arguments of the
  // fixture, such as {"--htpasswd", "user:password"} or {"--tls"}.
  explicit RegistryServer(const std::string& kind, const std::vector<std::string>& more = {});
  ~RegistryServer();
  RegistryServer(const RegistryServer&) = delete;
  RegistryServer& operator=(const RegistryServer&) = delete;

  // Off, and on again at the same address; except for `crane`, with the same data.
  void stop();
  void start();

  const std::string& address() const { return address_; }  // "127.0.0.1:PORT"
  std::string ca_pem() const;                              // with --tls

 private:
  TempDirectory directory_;
  std::vector<std::string> start_;  // the fixture's command
  std::string address_;
};

}  // namespace sealift::test
