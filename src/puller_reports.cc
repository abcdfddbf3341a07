#include "puller_reports.h"

#include <sealift/controller/verdict.h>

#include <chrono>

namespace sealift::program {
namespace {

using Kind = puller::RunOutcome::Kind;
using Ready = controller::Verdict::Ready;

bool has_verdict(const puller::RunOutcome& outcome) {
  return outcome.kind != Kind::kSuspended && outcome.kind != Kind::kRemoved;
}

// What people hear of: a change, or that something stands still.
bool is_worth_telling(const puller::RunOutcome& outcome) {
  return outcome.kind == Kind::kDelivered || outcome.kind == Kind::kRefused ||
         outcome.kind == Kind::kRemoved ||
         (outcome.kind == Kind::kFailed && outcome.error->code() != ErrorCode::kCancelled);
}

}  // namespace

void PullerReports::attach(endpoints::PullerMetrics* metrics, notify::Notifier* notifier) {
  metrics_ = metrics;
  notifier_ = notifier;
}

void PullerReports::reported(const puller::Delivery& delivery,
                             const puller::DeliveryReport& report) {
  State state;
  state.suspended = report.outcome.kind == Kind::kSuspended;
  if (has_verdict(report.outcome)) {
    const auto verdict = controller::verdict_of(delivery, report);
    state.ready = verdict.ready == Ready::kTrue;
    state.stalled = verdict.stalled;
  }
  for (const auto& kind : report.kinds) state.objects += kind.count;
  state.unhealthy = report.unhealthy_count;
  state.drifted = report.outcome.drifted;
  {
    const std::scoped_lock lock(mutex_);
    states_[delivery.id()] = state;
  }
  if (metrics_ != nullptr) count(report.outcome);
  if (notifier_ != nullptr && is_worth_telling(report.outcome)) notify(delivery, report);
}

void PullerReports::count(const puller::RunOutcome& outcome) {
  metrics_->runs.with({to_string(outcome.kind)}).add();
  if (outcome.kind == Kind::kRefused) metrics_->refusals.with({outcome.refused_rule}).add();
  if (outcome.kind != Kind::kDelivered) return;
  metrics_->objects_applied.add(outcome.applied);
  metrics_->objects_pruned.add(outcome.pruned);
  metrics_->drift_corrected.add(outcome.corrected);
  if (outcome.rolled_back_from) metrics_->rollbacks.add();
}

void PullerReports::notify(const puller::Delivery& delivery, const puller::DeliveryReport& report) {
  notify::Notification notification;
  notification.time = report.now;
  notification.delivery_namespace = delivery.name_space;
  notification.delivery_name = delivery.name;
  if (report.outcome.digest) notification.digest = report.outcome.digest->to_string();
  if (report.artifact && report.outcome.digest == report.artifact->digest) {
    notification.revision = report.artifact->revision;
    notification.source = report.artifact->source;
  }
  if (has_verdict(report.outcome)) {
    const auto verdict = controller::verdict_of(delivery, report);
    notification.reason = verdict.reason;
    notification.message = verdict.message;
    if (verdict.ready == Ready::kFalse) notification.severity = notify::Severity::kError;
  } else {
    notification.reason = "Removed";
    notification.message = "the Delivery was deleted, and its objects with it";
  }
  notifier_->send(std::move(notification));
}

void PullerReports::forget(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  states_.erase(id);
}

void PullerReports::add_to(endpoints::PullerSnapshot& snapshot) const {
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, state] : states_) {
    if (state.suspended) {
      ++snapshot.suspended;
    } else if (state.stalled) {
      ++snapshot.stalled;
    } else if (state.ready) {
      ++snapshot.ready;
    } else {
      ++snapshot.not_ready;
    }
    snapshot.objects += state.objects;
    snapshot.unhealthy_objects += state.unhealthy;
    snapshot.drifted_objects += state.drifted;
  }
}

}  // namespace sealift::program
