#include <sealift/base/encoding.h>
#include <sealift/controller/verdict.h>

namespace sealift::controller {
namespace {

using Kind = puller::RunOutcome::Kind;
using puller::RunStage;

std::string_view failure_reason(RunStage stage) {
  switch (stage) {
    case RunStage::kResolve:
    case RunStage::kFetch:
    case RunStage::kVerify:
      return "ArtifactFailed";
    case RunStage::kPlan:
      return "PlanFailed";
    case RunStage::kPreflight:
      return "PreflightFailed";
    case RunStage::kApply:
      return "ApplyFailed";
    case RunStage::kWait:
      return "HealthCheckFailed";
    case RunStage::kPrune:
      return "PruneFailed";
    case RunStage::kRecord:
      break;
  }
  return "RecordFailed";
}

std::string describe(const artifacts::ArtifactFacts& artifact) {
  auto text = artifact.repository;
  if (!artifact.tag.empty()) text += ":" + artifact.tag;
  text += "@" + std::string(artifact.digest.algorithm_name()) + ":" + artifact.digest.short_hex();
  if (!artifact.revision.empty()) text += " (" + printable(artifact.revision) + ")";
  return text;
}

std::string counted(std::size_t count, std::string_view thing) {
  return std::to_string(count) + " " + std::string(thing) + (count == 1 ? "" : "s");
}

// What stands behind every good outcome: nothing that differs from run to run.
std::string remarks(const puller::DeliveryReport& report) {
  std::size_t objects = 0;
  for (const auto& kind : report.kinds) objects += kind.count;
  auto text = counted(objects, "object");
  if (report.outcome.drifted > 0) {
    text += ", of which " + std::to_string(report.outcome.drifted) +
            " drifted and were left, as the Delivery says";
  }
  if (report.outcome.registry_away) {
    text += "; the registry could not be asked for a newer artifact: " +
            report.outcome.registry_away->message();
  }
  return text;
}

Verdict delivered(const delivery::Delivery& delivery, const puller::DeliveryReport& report) {
  Verdict verdict;
  verdict.ready = Verdict::Ready::kTrue;
  verdict.reason = "Delivered";
  if (delivery.rollback_to) {
    verdict.reason = "RolledBack";
    verdict.message = "held at " + delivery.rollback_to->to_string() +
                      " by the annotation sealift.dev/rollback-to: " + remarks(report);
    return verdict;
  }
  if (const auto& failed = report.outcome.rolled_back_from) {
    verdict.ready = Verdict::Ready::kFalse;
    verdict.reason = "RolledBack";
    verdict.stalled = true;
    verdict.warning = true;
    verdict.message =
        failed->to_string() + " did not become healthy, so " +
        (report.artifact ? describe(*report.artifact) : std::string("the one before")) +
        " is in force again: " + remarks(report);
    return verdict;
  }
  verdict.warning = report.outcome.registry_away.has_value() || report.outcome.drifted > 0;
  if (const auto& away = report.outcome.registry_away) verdict.registry_away = away->message();
  verdict.message = (report.artifact ? describe(*report.artifact) : std::string("the artifact")) +
                    " is delivered: " + remarks(report);
  return verdict;
}

Verdict failed(const puller::DeliveryReport& report) {
  const auto& outcome = report.outcome;
  const auto code = outcome.error ? outcome.error->code() : ErrorCode::kIo;
  Verdict verdict;
  verdict.ready = Verdict::Ready::kFalse;
  // Elsewhere it is the certificate of a server that is not trusted.
  const bool is_about_artifact =
      outcome.stage == RunStage::kFetch || outcome.stage == RunStage::kVerify;
  const bool untrusted = code == ErrorCode::kUntrusted;
  const bool refused = outcome.kind == Kind::kRefused || (untrusted && is_about_artifact);
  // Whichever stage found out: somebody has to allow something, and may be asked by a script.
  const bool is_forbidden = code == ErrorCode::kForbidden && outcome.stage >= RunStage::kPlan;
  verdict.reason = refused ? "Refused" : is_forbidden ? "Forbidden" : failure_reason(outcome.stage);
  // It runs on; what is missing is somebody's word that nothing newer is held back.
  if (outcome.not_fresh) verdict.reason = "NotFresh";
  // Its time was over while it waited; that ends by itself, like the wait.
  if (outcome.waits_for_dependency) verdict.reason = "DependencyNotReady";
  // Permissions, accounts and Secrets that are missing may well come with the next manifest of the
  // same hand; a policy, a wrong manifest or an object that failed for good does not change so.
  verdict.stalled = refused || untrusted || code == ErrorCode::kInvalidInput;
  verdict.reconciling = !verdict.stalled;
  verdict.warning = true;
  verdict.message = outcome.error ? outcome.error->message() : "no reason was given";
  if (outcome.not_fresh) verdict.message = "what runs stays; " + verdict.message;
  if (const auto& away = outcome.registry_away) verdict.registry_away = away->message();
  return verdict;
}

Verdict waiting(const puller::DeliveryReport& report) {
  Verdict verdict;
  verdict.reconciling = true;
  // First for bytes, then for objects.
  switch (report.outcome.stage) {
    case RunStage::kResolve:
    case RunStage::kFetch:
    case RunStage::kVerify:
      verdict.reason = "Waiting";
      break;
    default:
      verdict.reason = "Progressing";
  }
  if (report.outcome.waits_for_dependency) verdict.reason = "DependencyNotReady";
  verdict.message = report.outcome.waiting_for;
  return verdict;
}

}  // namespace

Verdict verdict_of(const delivery::Delivery& delivery, const puller::DeliveryReport& report) {
  auto verdict = [&] {
    switch (report.outcome.kind) {
      case Kind::kDelivered:
      case Kind::kUnchanged:
        return delivered(delivery, report);
      case Kind::kWaiting:
        return waiting(report);
      default:
        return failed(report);
    }
  }();
  verdict.message = printable(verdict.message, kMaxMessageBytes - 3);
  verdict.registry_away = printable(verdict.registry_away, kMaxMessageBytes - 3);
  return verdict;
}

}  // namespace sealift::controller
