#pragma once

#include <sealift/base/result.h>
#include <sealift/puller/plan.h>

#include <set>
#include <stop_token>

#include "cluster_session.h"

namespace sealift::puller {

// Asks the API server to refuse now what it would refuse during the apply: a server-side dry run of
// everything that changes, through schema, defaulting and admission. Objects whose namespace is
// still to come, or whose definition the same update changes, cannot be asked about yet; they come
// back in `deferred` and are asked about when their stage begins.
//
// All refusals are in the error, the first dozen in words. kConflict where an object that is not a
// member of our ApplySet exists and belongs to another, or is an ApplySet's parent.
struct PreflightResult {
  std::set<std::size_t> deferred;  // indices into DesiredState::objects
};
Result<PreflightResult> preflight(const ClusterSession& session, const DesiredState& desired,
                                  const Plan& plan, std::stop_token stop);

// The dry run of some objects whose preconditions are met by now.
Result<> dry_run(const ClusterSession& session, const DesiredState& desired,
                 const std::vector<ApplyAction>& actions, std::stop_token stop);

}  // namespace sealift::puller
