#pragma once

#include <sealift/delivery/secret_source.h>
#include <sealift/kube/api_client.h>

#include <stop_token>
#include <string_view>

namespace sealift::controller {

// Secrets and ConfigMaps of the cluster, each read as the Delivery's service account: the puller
// itself needs no permission to read one, and nobody reads through it what they may not read
// themselves. Nothing is kept. kForbidden names the missing permission and the commands that grant
// it; kInvalidInput where the data cannot be decoded.
class ClusterSecrets : public delivery::SecretSource {
 public:
  // `own`: the puller's identity, which may impersonate.
  explicit ClusterSecrets(kube::ApiClient own) : own_(std::move(own)) {}

  Result<delivery::NamedData> secret(const delivery::Delivery& delivery, std::string_view name,
                                     std::stop_token stop) override;
  Result<delivery::NamedData> config_map(const delivery::Delivery& delivery, std::string_view name,
                                         std::stop_token stop) override;

 private:
  kube::ApiClient own_;
};

}  // namespace sealift::controller
