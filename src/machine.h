#pragma once

#include <sealift/base/http.h>
#include <sealift/oci/open_repository.h>

#include <memory>

namespace sealift::program {

// The real network, disk, clock and random numbers. The network starts with the first request.
class Machine {
 public:
  Machine();
  const oci::RepositoryEnvironment& repositories() const { return repositories_; }

 private:
  std::unique_ptr<HttpTransport> transport_;
  oci::RepositoryEnvironment repositories_;
};

}  // namespace sealift::program
