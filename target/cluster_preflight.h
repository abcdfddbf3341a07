#pragma once

#include <sealift/base/result.h>
#include <sealift/target/plan.h>
#include <sealift/target/target.h>

#include <stop_token>

#include "cluster_session.h"

namespace sealift::target {

// Asks the API server to refuse now what it would refuse during the apply: a server-side dry run of
// everything that changes and was not asked about yet, through schema, defaulting and admission.
// Objects whose namespace is still to come, or whose definition the same update changes, cannot be
// asked about; they stay out of `asked`, and get their dry run when their stage begins.
//
// All refusals are in the error, the first dozen in words. kConflict where an object that is not a
// member of our ApplySet exists and belongs to another, or is an ApplySet's parent.
Result<> preflight(const ClusterSession& session, const DesiredState& desired, const Plan& plan,
                   AskedObjects& asked, std::stop_token stop);

// The dry run of some objects whose preconditions are met by now.
Result<> dry_run(const ClusterSession& session, const DesiredState& desired,
                 const std::vector<ApplyAction>& actions, std::stop_token stop);

// Without a dry run: whether what is created belongs to somebody else already, or is an ApplySet's
// parent, by the artifact, by the view or, for the kinds that parents have, by the server.
// kConflict.
Result<> check_owners(const ClusterSession& session, const DesiredState& desired, const Plan& plan,
                      std::stop_token stop);

}  // namespace sealift::target
