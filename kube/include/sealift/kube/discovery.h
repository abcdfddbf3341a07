#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>

#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::kube {

struct Discovery {
  std::vector<Resource> resources;
  // Groups whose own server is away: what they serve is not known, or not known in full.
  std::set<std::string, std::less<>> silent_groups;
};

// All kinds of an APIGroupDiscoveryList (apidiscovery.k8s.io/v2 and v2beta1), a group's preferred
// version first. Subresources are left out. kInvalidInput where it is no such list, or holds more
// than 100,000 kinds.
Result<Discovery> parse_aggregated_discovery(const Json& list);

// All kinds of one legacy APIResourceList (meta/v1), which serves `group` and `version`.
Result<std::vector<Resource>> parse_resource_list(const Json& list, std::string_view group,
                                                  std::string_view version);

// Asks the server for everything that it serves: two requests where it has aggregated discovery,
// otherwise one for each group and version.
Result<Discovery> discover(const ApiClient& client, std::stop_token stop);

}  // namespace sealift::kube
