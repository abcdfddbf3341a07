#pragma once

#include <sealift/base/clock.h>

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "step_queue.h"

namespace sealift::puller {

// Where the puller's threads wait for the next step. One idle thread keeps the time of what becomes
// due, the others wait for work, so that a step that is due wakes one thread. All calls are made
// with the puller's lock held.
class StepTurns {
 public:
  // `clock` must outlive the turns.
  explicit StepTurns(Clock& clock) : clock_(clock) {}

  // "NAMESPACE/NAME". Earlier than now: at once.
  void add(const std::string& id, SteadyTime due);
  void remove(const std::string& id) { queue_.remove(id); }

  // Waits for a step that is due, without the lock; nullopt when it was stopped or nothing is left
  // to do. `is_over` is asked again after each add() and look_again().
  std::optional<std::string> take(std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
                                  const std::function<bool()>& is_over);
  // What `is_over` says may have changed.
  void look_again();

  std::size_t ready() const { return queue_.ready(); }

 private:
  void idle(std::unique_lock<std::mutex>& lock, const std::stop_token& stop,
            const std::function<bool()>& is_over);

  Clock& clock_;
  StepQueue queue_;
  std::condition_variable_any changed_;
  std::condition_variable_any times_changed_;  // the timekeeper waits for this one
  bool has_timekeeper_ = false;
};

}  // namespace sealift::puller
