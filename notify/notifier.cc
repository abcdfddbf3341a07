#include "event_queue.h"
#include "lane_turns.h"
#include "queue_journal.h"
#include "repeat_filter.h"
#include "sink_sender.h"

#include <sealift/base/backoff.h>
#include <sealift/base/deadline.h>
#include <sealift/base/encoding.h>
#include <sealift/notify/notifier.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace sealift::notify {
namespace {

using Kind = SendOutcome::Kind;

// Of the notices of losses; no namespace is called so.
constexpr const char* kNoticeLane = "(lost)";

std::vector<std::string> names_of(const Configuration& configuration) {
  std::vector<std::string> names;
  for (const auto& sink : configuration.sinks) names.push_back(sink.name);
  return names;
}

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

class Notifier::Work {
 public:
  Work(NotifierSettings settings, NotifierSurroundings surroundings, Logger log);
  ~Work();
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  void send(Notification notification);
  Result<> flush();
  std::vector<SinkStatistics> statistics();

 private:
  // What a sink has to do next: an event of the queue, or the notice of a loss.
  struct Task {
    Event event;
    QueuedEventPointer queued;  // null: a notice
    std::uint64_t lost = 0;

    std::string lane() const { return queued == nullptr ? kNoticeLane : queued->lane(); }
  };
  struct SinkState {
    const Sink& sink;
    SinkStatistics statistics;
    std::uint64_t dropped_before = 0;  // as the cursor counted it last
    LaneTurns turns = {};
  };

  QueueContent load();
  std::string new_id() { return hex_encode(surroundings_.random.bytes(16)); }
  void run_journal(const std::stop_token& stop);
  Result<> save_once();
  void run_sink(SinkState& state, const std::stop_token& stop);
  std::optional<Task> next_task(SinkState& state, const std::stop_token& stop);
  std::vector<std::string> lanes_to_send(SinkState& state);
  std::optional<Task> task_now(SinkState& state, const std::vector<std::string>& lanes);
  void wait_for_news(std::unique_lock<std::mutex>& lock, std::optional<SteadyTime> until,
                     const std::stop_token& stop);
  void try_later(SinkState& state, const Task& task, const SendOutcome& outcome);
  void finish(SinkState& state, const Task& task, const SendOutcome& outcome);
  void touch();

  NotifierSettings settings_;
  NotifierSurroundings surroundings_;
  Logger log_;
  QueueJournal journal_;             // the journal's thread's alone
  std::optional<Error> unreadable_;  // set before the threads begin: nothing is saved then

  std::mutex mutex_;  // of all below; no I/O is done under it
  std::condition_variable_any changed_;
  RepeatFilter repeats_;
  EventQueue queue_;
  std::vector<QueuedEventPointer> unsaved_;
  std::uint64_t released_ = 0;  // events up to here were tried to save: sinks may have them
  std::uint64_t news_ = 0;      // grows with all that a sink may have waited for
  std::uint64_t changes_ = 1;   // grows with all that is to be saved
  std::uint64_t saved_ = 0;     // of the changes, those that were tried to save
  Result<> save_result_;
  std::vector<SinkState> sinks_;

  DeadlineTimer timer_{surroundings_.clock};
  std::vector<std::jthread> sink_threads_;
  std::jthread journal_thread_;
};

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

QueueContent Notifier::Work::load() {
  auto content = journal_.load();
  if (content) return *std::move(content);
  log_.error(
      "waiting notifications cannot be read; until a new start, new ones are in memory alone",
      {{"error", content.error().message()}});
  unreadable_ = content.error();
  return {};
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

Result<> Notifier::Work::flush() {
  std::unique_lock lock(mutex_);
  touch();
  const auto wanted = changes_;
  changed_.wait(lock, [&] { return saved_ >= wanted; });
  return save_result_;
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

void Notifier::Work::run_journal(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, stop, [&] { return saved_ < changes_; });
      if (saved_ >= changes_) return;
    }
    const auto result = save_once();
    if (!result) {
      log_.error("notifications cannot be saved", {{"error", result.error().message()}});
    }
  }
}

// Cursors first: without them, a new start could not tell a sink that is new from one that waits.
Result<> Notifier::Work::save_once() {
  std::uint64_t changes = 0;
  std::vector<std::uint64_t> waiting;
  std::vector<QueuedEventPointer> events;
  Cursors cursors;
  {
    const std::lock_guard lock(mutex_);
    changes = changes_;
    waiting = queue_.sequences();
    std::erase_if(unsaved_, [&](const auto& event) {
      return !std::binary_search(waiting.begin(), waiting.end(), event->sequence);
    });
    events = unsaved_;
    cursors = queue_.cursors();
  }
  Result<> appended = unreadable_ ? Result<>(fail(*unreadable_)) : Result<>();
  Result<> result = appended;
  if (!unreadable_) {
    result = journal_.save_cursors(cursors);
    appended = journal_.append(events);
    if (result) {
      journal_.keep_only(waiting);
      result = appended;
    }
  }
  const std::lock_guard lock(mutex_);
  if (appended)
    unsaved_.erase(unsaved_.begin(), unsaved_.begin() + static_cast<std::ptrdiff_t>(events.size()));
  if (!events.empty()) released_ = std::max(released_, events.back()->sequence);
  saved_ = changes;
  save_result_ = result;
  ++news_;
  changed_.notify_all();
  return result;
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
