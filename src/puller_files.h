#pragma once

#include "puller_base.h"

namespace sealift::program {

// A puller that is told by files (--config): once, or until it is stopped, reading them again at a
// hangup. The exit code.
int run_with_files(const PullerOptions& options, Logger log);

}  // namespace sealift::program
