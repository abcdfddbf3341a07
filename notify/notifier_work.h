#pragma once

#include <sealift/base/deadline.h>
#include <sealift/base/encoding.h>
#include <sealift/notify/notifier.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "event_queue.h"
#include "lane_turns.h"
#include "queue_journal.h"
#include "repeat_filter.h"
#include "sink_sender.h"

namespace sealift::notify {

// The threads of a Notifier and what they share: one for the disk (notifier_journal.cc), and one
// for each sink (notifier_sinks.cc).
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

    std::string lane() const;
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

}  // namespace sealift::notify
