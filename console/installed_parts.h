#pragma once

#include <sealift/base/result.h>
#include <sealift/console/installation.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>
#include <sealift/objects/object.h>

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

// One live object with kInstallLabel.
struct InstalledPart {
  const kube::Resource* resource;
  std::string name_space;
  std::string name;
  std::string uid;

  objects::ObjectId id() const {
    return {resource->gvk.group, resource->gvk.kind, name_space, name};
  }
};

// How the puller's own Deployment is served.
const kube::Resource& puller_resource();
inline bool is_puller(const InstalledPart& part) { return part.resource == &puller_resource(); }

// Adds all objects of the kinds of packaging/install with that value of the label, in the order of
// removal.
Result<> collect_parts(const kube::ApiClient& client, std::string_view label_value,
                       std::stop_token stop, std::vector<InstalledPart>& parts);

Result<> remove_part(const kube::ApiClient& client, const InstalledPart& part,
                     const Progress& progress, std::stop_token stop);

}  // namespace sealift::console
