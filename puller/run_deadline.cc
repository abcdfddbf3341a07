#include "run_deadline.h"

namespace sealift::puller {

RunDeadline::RunDeadline(Clock& clock, std::chrono::milliseconds after, std::stop_token outer)
    : outer_(std::move(outer), Forward{source_}),
      timer_([this, &clock, end = clock.steady_now() + after](std::stop_token done) {
        clock.sleep_until(end, done);
        if (done.stop_requested()) return;
        expired_.store(true);
        source_.request_stop();
      }) {}

RunDeadline::~RunDeadline() = default;

}  // namespace sealift::puller
