#pragma once

#include <sealift/base/result.h>

#include <cstddef>
#include <functional>
#include <stop_token>

namespace sealift {

// Runs task(0) … task(count - 1) on at most `max_threads` threads (at least one), the calling one
// among them, and returns when all that were started have ended. Where the system has no room for
// so many threads, fewer do the same work. Indexes are handed out in order.
// The first error stops the rest: no further task starts, and the token that each task got says so.
// That first error is the result; the errors of tasks that were stopped by it are dropped. A stop
// requested through `stop` before all tasks were started is kCancelled.
Result<> run_parallel(std::size_t count, std::size_t max_threads, std::stop_token stop,
                      const std::function<Result<>(std::size_t index, std::stop_token stop)>& task);

}  // namespace sealift
