#include "outcome_log.h"

#include <string>

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

std::string message_of(const RunOutcome& outcome) {
  return outcome.error ? outcome.error->message() : outcome.waiting_for;
}

// Answers come in moments; objects and other Deliveries take their time.
void log_waiting(const Logger& log, const RunOutcome& outcome) {
  const bool takes_time = outcome.stage == RunStage::kApply || outcome.stage == RunStage::kWait ||
                          outcome.waits_for_dependency;
  const auto stage = std::string(to_string(outcome.stage));
  if (takes_time) return log.info("waiting", {{"stage", stage}, {"for", outcome.waiting_for}});
  log.debug("waiting", {{"stage", stage}, {"for", outcome.waiting_for}});
}

}  // namespace

void log_outcome(const Logger& log, const RunOutcome& outcome, News news) {
  const auto digest = outcome.digest ? outcome.digest->to_string() : std::string("none");
  switch (outcome.kind) {
    case Kind::kDelivered:
      return log.info("delivered", {{"digest", digest},
                                    {"applied", std::to_string(outcome.applied)},
                                    {"pruned", std::to_string(outcome.pruned)},
                                    {"unchanged", std::to_string(outcome.unchanged)}});
    case Kind::kUnchanged:
      if (news == News::kAll) return log.info("unchanged", {{"digest", digest}});
      return log.debug("unchanged", {{"digest", digest}});
    case Kind::kSuspended:
      if (news == News::kAll) return log.info("suspended, as the Delivery says");
      return log.debug("suspended");
    case Kind::kWaiting:
      return log_waiting(log, outcome);
    case Kind::kRemoved:
      return log.info("removed", {{"pruned", std::to_string(outcome.pruned)},
                                  {"let_go", std::to_string(outcome.let_go)}});
    case Kind::kRefused:
      return log.error("refused", {{"digest", digest}, {"reason", outcome.error->message()}});
    case Kind::kFailed:
      if (outcome.error->code() == ErrorCode::kCancelled) {
        return log.info("interrupted; the next run goes on from here",
                        {{"stage", std::string(to_string(outcome.stage))}});
      }
      return log.error("failed", {{"stage", std::string(to_string(outcome.stage))},
                                  {"digest", digest},
                                  {"code", std::string(to_string(outcome.error->code()))},
                                  {"reason", outcome.error->message()}});
  }
}

bool is_news(const RunOutcome& before, const RunOutcome& outcome) {
  return outcome.kind == Kind::kDelivered || before.kind != outcome.kind ||
         before.stage != outcome.stage || before.digest != outcome.digest ||
         message_of(before) != message_of(outcome);
}

RunOutcome interrupted(const std::optional<RunOutcome>& last) {
  RunOutcome outcome = last.value_or(RunOutcome());
  outcome.kind = Kind::kFailed;
  auto message = std::string("interrupted");
  if (!outcome.waiting_for.empty()) message += " while it waited for " + outcome.waiting_for;
  outcome.error = Error(ErrorCode::kCancelled, std::move(message));
  return outcome;
}

}  // namespace sealift::puller
