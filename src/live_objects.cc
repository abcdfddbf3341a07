#include "live_objects.h"

#include <sealift/base/worker_pool.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/scope.h>

#include <optional>
#include <utility>

namespace sealift::program {
namespace {

constexpr std::size_t kMaxRequests = 8;

// Nullopt where the cluster has none.
Result<std::optional<objects::Object>> read_one(objects::Object& named,
                                                const kube::ApiClient& client,
                                                kube::ResourceMap& resources,
                                                const std::string& name_space,
                                                std::stop_token stop) {
  const auto resource = resources.find(named.gvk(), stop);
  if (!resource) {
    if (resource.error().code() == ErrorCode::kNotFound) return std::nullopt;
    return fail(resource.error());
  }
  if (resource->namespaced && named.name_space().empty()) named.set_name_space(name_space);
  if (!resource->namespaced) named.set_name_space("");
  auto live = client.get(resource->path(named.name_space(), named.name()), {}, stop);
  if (!live && live.error().code() == ErrorCode::kNotFound) return std::nullopt;
  if (!live) return fail(std::move(live).error());
  SEALIFT_ASSIGN(auto object, objects::parse_object(*std::move(live), "the cluster"));
  return object;
}

}  // namespace

Result<std::vector<objects::Object>> read_live(std::vector<objects::Object>& named,
                                               const kube::ApiClient& client,
                                               const std::string& name_space,
                                               std::stop_token stop) {
  kube::ResourceMap resources(client);
  std::vector<std::optional<objects::Object>> found(named.size());
  SEALIFT_TRY(run_parallel(
      named.size(), kMaxRequests, stop, [&](std::size_t index, std::stop_token token) -> Result<> {
        SEALIFT_ASSIGN_CONTEXT(found[index],
                               read_one(named[index], client, resources, name_space, token),
                               "reading " + named[index].id().to_string() + " from the cluster");
        return {};
      }));
  std::vector<objects::Object> live;
  for (auto& object : found) {
    if (object) live.push_back(*std::move(object));
  }
  return live;
}

}  // namespace sealift::program
