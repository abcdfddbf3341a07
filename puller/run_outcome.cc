#include <sealift/puller/run_outcome.h>

namespace sealift::puller {

std::string_view to_string(RunStage stage) {
  switch (stage) {
    case RunStage::kResolve:
      return "resolve";
    case RunStage::kFetch:
      return "fetch";
    case RunStage::kVerify:
      return "verify";
    case RunStage::kPlan:
      return "plan";
    case RunStage::kPreflight:
      return "preflight";
    case RunStage::kApply:
      return "apply";
    case RunStage::kWait:
      return "wait";
    case RunStage::kPrune:
      return "prune";
    case RunStage::kRecord:
      return "record";
  }
  return "record";
}

std::string_view to_string(RunOutcome::Kind kind) {
  switch (kind) {
    case RunOutcome::Kind::kDelivered:
      return "delivered";
    case RunOutcome::Kind::kUnchanged:
      return "unchanged";
    case RunOutcome::Kind::kRefused:
      return "refused";
    case RunOutcome::Kind::kFailed:
      return "failed";
    case RunOutcome::Kind::kSuspended:
      return "suspended";
    case RunOutcome::Kind::kWaiting:
      return "waiting";
    case RunOutcome::Kind::kRemoved:
      return "removed";
  }
  return "failed";
}

}  // namespace sealift::puller
