#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/kube/api_client.h>

#include <memory>
#include <string>
#include <utility>

#include "support/fake_transport.h"
#include "support/manual_clock.h"

namespace sealift::test {

// An API client whose server is a function, and whose waits between attempts cost no time.
struct FakeCluster {
  explicit FakeCluster(FakeTransport::Handler handler) : transport(std::move(handler)) {}

  kube::ApiClient client() { return client(access()); }
  kube::ApiClient client(kube::ClusterAccess who) {
    return kube::ApiClient(std::move(who), {transport, system_files(), clock, system_random()});
  }
  static kube::ClusterAccess access() {
    kube::ClusterAccess access;
    access.server_url = "https://api.test";
    access.server = std::make_shared<const HttpServerSettings>();
    access.bearer_token = "secret";
    access.description = "context test of kubeconfig";
    return access;
  }

  FakeTransport transport;
  ManualClock clock{ManualClock::Sleep::kJumps};
};

}  // namespace sealift::test
