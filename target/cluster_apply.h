#pragma once

#include <sealift/base/result.h>
#include <sealift/target/delivery_state.h>
#include <sealift/target/plan.h>
#include <sealift/target/target.h>

#include <stop_token>
#include <string>

#include "cluster_session.h"

namespace sealift::target {

// Sends what the plan says, stage by stage, in parallel within a stage; objects that are not in
// `asked` get their dry run before the first write of their stage. A stage begins when everything
// that was sent in earlier ones is healthy, by a run that was cut off as well; otherwise what it
// waits for is returned, and the stages before it are written. Each object that the server took is
// in the journal, in `state` and in the view.
Result<ApplyProgress> apply_stages(const ClusterSession& session, const DesiredState& desired,
                                   const Plan& plan, const AskedObjects& asked,
                                   DeliveryState& state, StateStore::Journal& journal,
                                   std::stop_token stop);

}  // namespace sealift::target
