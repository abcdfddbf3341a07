#pragma once

#include <sealift/cloud/provider.h>
#include <sealift/cloud/workload.h>
#include <sealift/oci/credential_source.h>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace sealift::cloud {

// Logins at a cloud's own registries by the identity that the cloud gives this workload, without a
// stored secret: docs/workload-identity.md. Nothing is asked before a registry wants a login. Who
// has the same registry open shares one login, which is renewed before it ends. Safe from many
// threads.
class WorkloadLogins : public oci::CredentialSources {
 public:
  WorkloadLogins(Workload workload, std::set<Provider> allowed)
      : workload_(std::move(workload)), allowed_(std::move(allowed)) {}

  Result<std::shared_ptr<oci::CredentialSource>> open(std::string_view provider,
                                                      const std::string& registry) override;

 private:
  Workload workload_;
  std::set<Provider> allowed_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<oci::CredentialSource>> open_;  // by provider and registry
};

}  // namespace sealift::cloud
