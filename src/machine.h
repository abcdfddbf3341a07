#pragma once

#include <sealift/base/host_limit.h>
#include <sealift/base/http.h>
#include <sealift/oci/open_repository.h>

#include <memory>

namespace sealift::program {

// The real network, disk, clock and random numbers. The network starts with the first request.
class Machine {
 public:
  Machine();
  const oci::RepositoryEnvironment& repositories() const { return repositories_; }
  // At any one registry, by all repositories together; kRequestsPerHost by default.
  void set_requests_per_host(std::size_t most) { registries_.set_per_host(most); }

 private:
  std::unique_ptr<HttpTransport> transport_;
  HostLimitedTransport registries_;
  oci::RepositoryEnvironment repositories_;
};

}  // namespace sealift::program
