#include "live_objects.h"

#include <sealift/base/worker_pool.h>
#include <sealift/kube/resource_map.h>

#include <map>
#include <optional>
#include <utility>

namespace sealift::program {
namespace {

constexpr std::size_t kMaxRequests = 8;

// How each kind is served; nullopt for those that the cluster does not know. Asked once for each
// kind, since a kind that is missing costs a discovery.
using Resources = std::map<objects::GroupVersionKind, std::optional<kube::Resource>>;

Result<Resources> find_resources(const std::vector<objects::Object>& named,
                                 const kube::ApiClient& client, const std::stop_token& stop) {
  kube::ResourceMap map(client);
  Resources resources;
  for (const auto& object : named) {
    if (resources.contains(object.gvk())) continue;
    auto found = map.find(object.gvk(), stop);
    if (!found && found.error().code() != ErrorCode::kNotFound) {
      return fail(std::move(found).error());
    }
    resources[object.gvk()] = found ? std::optional(*std::move(found)) : std::nullopt;
  }
  return resources;
}

// Nullopt where the cluster has none.
Result<std::optional<objects::Object>> read_one(const objects::Object& named,
                                                const kube::Resource& resource,
                                                const kube::ApiClient& client,
                                                const std::stop_token& stop) {
  auto live = client.get(resource.path(named.name_space(), named.name()), {}, stop);
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
  SEALIFT_ASSIGN(const auto resources, find_resources(named, client, stop));
  std::vector<std::optional<objects::Object>> found(named.size());
  SEALIFT_TRY(run_parallel(
      named.size(), kMaxRequests, stop, [&](std::size_t index, std::stop_token token) -> Result<> {
        auto& object = named[index];
        const auto& resource = resources.at(object.gvk());
        if (!resource) return {};
        if (resource->namespaced && object.name_space().empty()) object.set_name_space(name_space);
        if (!resource->namespaced) object.set_name_space("");
        SEALIFT_ASSIGN_CONTEXT(found[index], read_one(object, *resource, client, token),
                               "reading " + object.id().to_string() + " from the cluster");
        return {};
      }));
  std::vector<objects::Object> live;
  for (auto& object : found) {
    if (object) live.push_back(*std::move(object));
  }
  return live;
}

}  // namespace sealift::program
