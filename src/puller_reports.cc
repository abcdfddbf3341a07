#include "puller_reports.h"

#include <sealift/controller/verdict.h>
#include <sealift/signing/evidence.h>

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

std::optional<double> unix_seconds(const std::optional<Timestamp>& time) {
  if (!time) return std::nullopt;
  return static_cast<double>(time->time_since_epoch().count());
}

}  // namespace

void PullerReports::attach(endpoints::PullerMetrics* metrics, notify::Notifier* notifier) {
  metrics_ = metrics;
  notifier_ = notifier;
  if (metrics == nullptr) return;
  // Zero is said from the start: to Prometheus a series that begins with one has not grown, and the
  // first refusal would raise no alert.
  using enum signing::PolicyRule;
  for (const auto rule : {kRepository, kManifest, kTrustedRoot, kThreshold, kRequirement,
                          kFreshness, kMaxAge, kRollback}) {
    metrics->refusals.with({signing::to_string(rule)});
  }
  metrics->refusals.with({"policy"});
}

void PullerReports::expect(const std::string& id) {
  const std::scoped_lock lock(mutex_);
  states_.try_emplace(id);
}

void PullerReports::reported(const delivery::Delivery& delivery,
                             const puller::DeliveryReport& report) {
  {
    const std::scoped_lock lock(mutex_);
    const auto known = states_.find(delivery.id());
    if (known != states_.end()) take(known->second, delivery, report);
  }
  if (metrics_ != nullptr) count(report);
  if (notifier_ != nullptr && is_worth_telling(report.outcome)) notify(delivery, report);
}

void PullerReports::take(State& state, const delivery::Delivery& delivery,
                         const puller::DeliveryReport& report) {
  State next;
  next.last_success = state.last_success;
  next.suspended = report.outcome.kind == Kind::kSuspended;
  if (has_verdict(report.outcome)) {
    const auto verdict = controller::verdict_of(delivery, report);
    next.ready = verdict.ready == Ready::kTrue;
    next.stalled = verdict.stalled;
  }
  if (next.ready) next.last_success = report.now;
  for (const auto& kind : report.kinds) next.objects += kind.count;
  next.unhealthy = report.unhealthy_count;
  next.drifted = report.outcome.drifted;
  if (report.artifact) {
    if (auto created = parse_timestamp(report.artifact->created)) next.artifact_created = *created;
  }
  state = next;
}

void PullerReports::count(const puller::DeliveryReport& report) {
  const auto& outcome = report.outcome;
  const auto kind = to_string(outcome.kind);
  metrics_->runs.with({kind}).add();
  if (outcome.kind != Kind::kWaiting && outcome.kind != Kind::kSuspended && !outcome.go_on) {
    metrics_->run_duration.with({kind}).observe(
        std::chrono::duration<double>(report.run_took).count());
  }
  if (outcome.kind == Kind::kRefused) metrics_->refusals.with({outcome.refused_rule}).add();
  metrics_->objects_applied.add(outcome.applied);
  metrics_->objects_pruned.add(outcome.pruned);
  metrics_->drift_corrected.add(outcome.corrected);
  if (outcome.kind == Kind::kDelivered && outcome.rolled_back_from) metrics_->rollbacks.add();
}

void PullerReports::notify(const delivery::Delivery& delivery,
                           const puller::DeliveryReport& report) {
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

void PullerReports::forget_all() {
  const std::scoped_lock lock(mutex_);
  states_.clear();
}

void PullerReports::add_to(endpoints::PullerSnapshot& snapshot, bool each) const {
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
    if (!each) continue;
    const auto slash = id.find('/');
    snapshot.deliveries.push_back({id.substr(0, slash), id.substr(slash + 1), state.ready,
                                   unix_seconds(state.last_success),
                                   unix_seconds(state.artifact_created)});
  }
}

}  // namespace sealift::program
