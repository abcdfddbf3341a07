#pragma once

#include <sealift/base/result.h>
#include <sealift/console/delivery_members.h>
#include <sealift/kube/api_client.h>
#include <sealift/kube/resource_map.h>

#include <stop_token>

namespace sealift::console {

// Tells of the live members what the Delivery's status says, and they do not: marks those that
// drifted, and adds those that are missing, with Health::kNotFound and no UID. Each of these is
// asked for by its name first (metadata alone): one that is there, or that may not be looked at,
// has that as its reason, and one that is not there has none. What the status has no room to name
// is counted. Of a Delivery that is a file there is no status, and nothing is known.
Result<> add_member_status(const kube::ApiClient& client, kube::ResourceMap& resources,
                           const KnownDelivery& delivery, Members& members, std::stop_token stop);

}  // namespace sealift::console
