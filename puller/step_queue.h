#pragma once

#include <sealift/base/clock.h>

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace sealift::puller {

// Which Delivery is stepped next: those that are due now, namespace by namespace in turn, so that
// one with a thousand Deliveries delays another's only by one step; and the times at which others
// become due. A Delivery is in it once, whichever is sooner. Not safe from several threads.
class StepQueue {
 public:
  // "NAMESPACE/NAME". Earlier than now: at once.
  void add(const std::string& id, SteadyTime due, SteadyTime now);
  void remove(const std::string& id);
  // Takes the next that is due; nullopt where nobody is.
  std::optional<std::string> take(SteadyTime now);
  // When the next becomes due; nullopt where nobody waits for a time.
  std::optional<SteadyTime> next_due() const;
  std::size_t ready() const { return ready_; }

 private:
  void make_ready(const std::string& id);
  void move_due(SteadyTime now);

  std::map<std::string, std::deque<std::string>> by_namespace_;
  std::deque<std::string> turns_;  // namespaces that have somebody ready
  std::set<std::pair<SteadyTime, std::string>> timers_;
  std::map<std::string, std::optional<SteadyTime>> places_;  // nullopt: ready
  std::size_t ready_ = 0;
};

}  // namespace sealift::puller
