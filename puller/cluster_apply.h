#pragma once

#include <sealift/base/result.h>
#include <sealift/puller/delivery_state.h>
#include <sealift/puller/plan.h>

#include <set>
#include <stop_token>

#include "cluster_session.h"

namespace sealift::puller {

// Sends what the plan says, stage by stage, in parallel within a stage; `deferred` objects get
// their dry run before the first write of their stage. Before a stage begins, everything that was
// sent in earlier ones is healthy, by a run that was cut off as well. Each object that the server
// took is in the journal and in `state` before the next stage begins.
Result<> apply_stages(const ClusterSession& session, const DesiredState& desired, const Plan& plan,
                      const std::set<std::size_t>& deferred, DeliveryState& state,
                      StateStore::Journal& journal, std::stop_token stop);

}  // namespace sealift::puller
