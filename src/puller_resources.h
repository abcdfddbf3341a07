#pragma once

#include "puller_base.h"

namespace sealift::program {

// A puller that is told by the custom resources of a cluster, until it is stopped: as the leader
// among its replicas where that is asked for. The exit code.
int run_with_resources(const PullerOptions& options, Logger log);

}  // namespace sealift::program
