#pragma once

#include <sealift/checks/kube_version.h>
#include <sealift/objects/object.h>

#include <optional>
#include <string_view>

namespace sealift::checks {

// How long Kubernetes serves a version of an API.
struct ApiLifetime {
  std::optional<KubeVersion> deprecated;
  std::optional<KubeVersion> removed;  // the first release that does not serve it
  std::string_view replacement;  // "networking.k8s.io/v1", or words; empty where there is none
};

// Nullopt where no end of it is known.
std::optional<ApiLifetime> find_api_lifetime(const objects::GroupVersionKind& gvk);

}  // namespace sealift::checks
