#pragma once

#include <sealift/base/log.h>
#include <sealift/puller/run_outcome.h>

#include <optional>

namespace sealift::puller {

// In a loop a run that changed nothing is no news; whoever asked for one run wants an answer.
enum class News { kChangesAlone, kAll };

void log_outcome(const Logger& log, const RunOutcome& outcome, News news);

// Whether `outcome` says something that the one before it did not say.
bool is_news(const RunOutcome& before, const RunOutcome& outcome);

// Of a run that a stop has kept from its end.
RunOutcome interrupted(const std::optional<RunOutcome>& last);

}  // namespace sealift::puller
