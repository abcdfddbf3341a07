#include <sealift/base/backoff.h>

#include <algorithm>
#include <utility>

#include "notifier_work.h"

namespace sealift::notify {
namespace {

using Kind = SendOutcome::Kind;

// Of the notices of losses; no namespace is called so.
constexpr const char* kNoticeLane = "(lost)";

Notification loss_notice(std::uint64_t count, Timestamp now) {
  Notification notice;
  notice.time = now;
  notice.severity = Severity::kWarning;
  notice.reason = "NotificationsDropped";
  notice.message =
      std::to_string(count) + " notifications were lost because more waited than the queue holds";
  return notice;
}

}  // namespace

std::string Notifier::Work::Task::lane() const {
  return queued == nullptr ? kNoticeLane : queued->lane();
}

// Those with an event that the sink wants and that may be sent: what it does not want is passed
// over.
std::vector<std::string> Notifier::Work::lanes_to_send(SinkState& state) {
  const auto& name = state.sink.name;
  std::vector<std::string> lanes;
  if (queue_.dropped(name) > 0) lanes.emplace_back(kNoticeLane);
  for (auto& lane : queue_.lanes(name)) {
    auto queued = queue_.next(name, lane);
    while (queued && queued->sequence <= released_ &&
           !state.sink.wants(queued->event.notification)) {
      queue_.acknowledge(name, *queued);
      touch();
      queued = queue_.next(name, lane);
    }
    if (queued && queued->sequence <= released_) lanes.push_back(std::move(lane));
  }
  std::sort(lanes.begin(), lanes.end());
  return lanes;
}

std::optional<Notifier::Work::Task> Notifier::Work::task_now(
    SinkState& state, const std::vector<std::string>& lanes) {
  const auto lane = state.turns.choose(lanes, surroundings_.clock.steady_now());
  if (!lane) return std::nullopt;
  const auto& name = state.sink.name;
  if (*lane == kNoticeLane) {
    const auto lost = queue_.dropped(name);
    return Task{
        {new_id(), settings_.configuration.cluster, loss_notice(lost, surroundings_.clock.now())},
        nullptr,
        lost};
  }
  auto queued = queue_.next(name, *lane);
  Event event = queued->event;
  event.cluster = settings_.configuration.cluster;
  return Task{std::move(event), std::move(queued), 0};
}

void Notifier::Work::wait_for_news(std::unique_lock<std::mutex>& lock,
                                   std::optional<SteadyTime> until, const std::stop_token& stop) {
  const auto is_new = [this, known = news_] { return news_ != known; };
  if (!until) {
    changed_.wait(lock, stop, is_new);
    return;
  }
  lock.unlock();
  const Deadline deadline(timer_, *until, stop);
  lock.lock();
  changed_.wait(lock, deadline.token(), is_new);
  lock.unlock();
}

std::optional<Notifier::Work::Task> Notifier::Work::next_task(SinkState& state,
                                                              const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    const auto lanes = lanes_to_send(state);
    if (auto task = task_now(state, lanes)) return task;
    wait_for_news(lock, state.turns.next_time(lanes), stop);
  }
  return std::nullopt;
}

void Notifier::Work::finish(SinkState& state, const Task& task, const SendOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  if (state.turns.succeeded(task.lane()) && outcome.kind == Kind::kDelivered) {
    log_.info("notifications are delivered again", {{"sink", state.sink.name}});
  }
  if (task.queued != nullptr) {
    queue_.acknowledge(state.sink.name, *task.queued);
    if (outcome.kind == Kind::kDelivered) ++state.statistics.delivered;
    if (outcome.kind == Kind::kRefused) ++state.statistics.failed;
  } else {
    queue_.acknowledge_loss(state.sink.name, task.lost);
    // What had been lost before the start does not count.
    const auto before = std::min(state.dropped_before, task.lost);
    state.statistics.dropped += task.lost - before;
    state.dropped_before -= before;
  }
  touch();
}

void Notifier::Work::try_later(SinkState& state, const Task& task, const SendOutcome& outcome) {
  const auto chance = random_fraction(surroundings_.random);
  bool is_first = false;
  {
    const std::lock_guard lock(mutex_);
    is_first = state.turns.failed(task.lane(), surroundings_.clock.steady_now(), chance,
                                  outcome.retry_after);
  }
  // Once, not with each of what may be a month of attempts.
  if (!is_first) return;
  log_.warning("notification not delivered yet; it is tried again",
               {{"sink", state.sink.name}, {"error", outcome.error}, {"id", task.event.id}});
}

void Notifier::Work::run_sink(SinkState& state, const std::stop_token& stop) {
  SinkSender sender(state.sink, surroundings_.files, surroundings_.transport, surroundings_.clock);
  while (const auto task = next_task(state, stop)) {
    const auto outcome = sender.send(task->event, stop);
    if (outcome.kind == Kind::kTryAgain) {
      if (stop.stop_requested()) return;
      try_later(state, *task, outcome);
      continue;
    }
    if (outcome.kind == Kind::kRefused) {
      log_.error("notification given up",
                 {{"sink", state.sink.name}, {"error", outcome.error}, {"id", task->event.id}});
    }
    finish(state, *task, outcome);
  }
}

}  // namespace sealift::notify
