#pragma once

#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>
#include <sealift/objects/object.h>

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::kube {

// Where the server answers for a group: "/api", "/apis/apps". Nothing in the name leads elsewhere.
std::string group_path(std::string_view group);

// How a kind is served.
struct Resource {
  objects::GroupVersionKind gvk;
  std::string plural;
  bool namespaced = false;

  // "/apis/apps/v1/namespaces/shop/deployments[/web]"; `name` empty: the collection, `name_space`
  // empty on a namespaced one: across all namespaces.
  std::string path(std::string_view name_space, std::string_view name) const;
};

// They hold inventories and variables, and are served everywhere.
const Resource& config_maps();

// Discovery (aggregated where the server has it), asked once and again when a kind is missing.
// Safe to use from many threads; no lock is held while the server is asked.
class ResourceMap {
 public:
  explicit ResourceMap(ApiClient client);
  ~ResourceMap();

  // kNotFound where the server does not serve that kind, naming the versions it serves;
  // kUnavailable where the group's own server (an aggregated API) is away.
  Result<Resource> find(const objects::GroupVersionKind& gvk, std::stop_token stop);
  // The preferred version of a group and kind, for pruning kinds that are no longer in the
  // artifact.
  Result<Resource> find_preferred(std::string_view group, std::string_view kind,
                                  std::stop_token stop);
  // Forgets everything: the next find() asks again (a definition has been added).
  void refresh();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::kube
