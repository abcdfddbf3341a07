#pragma once

#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <set>
#include <stop_token>
#include <vector>

#include "cluster_session.h"

namespace sealift::puller {

// Waits until each of these members of the set is Current by kstatus's rules (objects/health.h),
// with one watch for each kind and namespace, so many at a time that threads stay few.
// kInvalidInput as soon as one has failed for good; kCancelled naming the first that are not ready
// when `stop` is requested; kForbidden and the like where a watch is refused.
Result<> wait_until_healthy(const ClusterSession& session,
                            const std::vector<const objects::Object*>& objects,
                            std::stop_token stop);

}  // namespace sealift::puller
