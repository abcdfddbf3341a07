#pragma once

#include <sealift/kube/apply_set.h>

#include <compare>
#include <string>

namespace sealift::members {

// One watch: of which kind, where, and by whose right.
struct WatchKey {
  kube::GroupKind kind;
  // Both empty: the puller's own identity.
  std::string account_namespace;
  std::string account_name;
  std::string name_space;  // empty: across the cluster

  // The one that serves everybody.
  bool is_shared_by_all() const { return account_name.empty() && name_space.empty(); }
  // "Deployment.apps in namespace shop as the service account shop/deployer".
  std::string to_string() const;
  auto operator<=>(const WatchKey&) const = default;
};

}  // namespace sealift::members
