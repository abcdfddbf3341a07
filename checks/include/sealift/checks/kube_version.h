#pragma once

#include <sealift/base/result.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::checks {

// A minor release of Kubernetes.
struct KubeVersion {
  std::uint32_t major = 1;
  std::uint32_t minor = 0;

  std::string to_string() const;  // "1.34"
  auto operator<=>(const KubeVersion&) const = default;
};

// The newest release whose deprecations and removals are known here.
inline constexpr KubeVersion kNewestKubeVersion{1, 36};

// "1.34", "v1.34.2", "1.34.2+k3s1", "v1.34.1-gke.100": what follows the minor number makes no
// difference. kInvalidInput otherwise.
Result<KubeVersion> parse_kube_version(std::string_view text);

}  // namespace sealift::checks
