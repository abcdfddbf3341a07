#include <sealift/notify/notifier.h>

#include <algorithm>
#include <utility>

#include "notifier_work.h"

namespace sealift::notify {
namespace {

std::vector<std::string> names_of(const Configuration& configuration) {
  std::vector<std::string> names;
  for (const auto& sink : configuration.sinks) names.push_back(sink.name);
  return names;
}

}  // namespace

Notifier::Work::Work(NotifierSettings settings, NotifierSurroundings surroundings, Logger log)
    : settings_(std::move(settings)),
      surroundings_(surroundings),
      log_(std::move(log)),
      journal_(surroundings_.files, settings_.directory, log_),
      repeats_(settings_.repeat_interval),
      queue_({settings_.max_events, settings_.max_bytes}, names_of(settings_.configuration),
             load()) {
  released_ = queue_.last_sequence();  // what was read is saved
  for (const auto& sink : settings_.configuration.sinks) {
    const auto dropped = queue_.dropped(sink.name);
    sinks_.push_back({sink, SinkStatistics{.name = sink.name}, dropped});
  }
  for (auto& state : sinks_) {
    sink_threads_.emplace_back(
        [this, &state](const std::stop_token& stop) { run_sink(state, stop); });
  }
  journal_thread_ = std::jthread([this](const std::stop_token& stop) { run_journal(stop); });
}

Notifier::Work::~Work() {
  for (auto& thread : sink_threads_) thread.request_stop();
  sink_threads_.clear();
  // Last, for what the sinks have done.
  journal_thread_.request_stop();
}

void Notifier::Work::touch() {
  ++changes_;
  ++news_;
  changed_.notify_all();
}

void Notifier::Work::send(Notification notification) {
  notification = bounded(std::move(notification));
  const auto& sinks = settings_.configuration.sinks;
  if (std::none_of(sinks.begin(), sinks.end(),
                   [&](const Sink& sink) { return sink.wants(notification); })) {
    return;
  }
  Event event{new_id(), settings_.configuration.cluster, std::move(notification)};
  const std::lock_guard lock(mutex_);
  const auto repeated = repeats_.admit(event.notification, surroundings_.clock.steady_now());
  if (!repeated) return;
  if (*repeated > 0) {
    event.notification.metadata.emplace_back("repetitions", std::to_string(*repeated));
  }
  const auto bytes = dump_json(to_json(event.notification)).size();
  unsaved_.push_back(queue_.push(std::move(event), bytes));
  touch();
}

std::vector<SinkStatistics> Notifier::Work::statistics() {
  const std::lock_guard lock(mutex_);
  std::vector<SinkStatistics> all;
  for (auto& state : sinks_) {
    auto one = state.statistics;
    one.queued = queue_.waiting(one.name);
    const auto dropped = queue_.dropped(one.name);
    one.dropped += dropped - std::min(dropped, state.dropped_before);
    all.push_back(std::move(one));
  }
  return all;
}

Notifier::Notifier(NotifierSettings settings, NotifierSurroundings surroundings, Logger log)
    : work_(settings.configuration.sinks.empty()
                ? nullptr
                : std::make_unique<Work>(std::move(settings), surroundings, std::move(log))) {}

Notifier::~Notifier() = default;

void Notifier::send(Notification notification) {
  if (work_) work_->send(std::move(notification));
}

Result<> Notifier::flush() { return work_ ? work_->flush() : Result<>(); }

std::vector<SinkStatistics> Notifier::statistics() const {
  return work_ ? work_->statistics() : std::vector<SinkStatistics>();
}

}  // namespace sealift::notify
