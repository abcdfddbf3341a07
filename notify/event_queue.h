#pragma once

#include "message.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sealift::notify {

struct QueueLimits {
  std::size_t max_events = 1000;
  std::size_t max_bytes = 4u << 20;  // of the events' JSON
};

struct QueuedEvent {
  std::uint64_t sequence = 0;  // grows by one with each event, for ever
  Event event;
  std::size_t bytes = 0;
};
using QueuedEventPointer = std::shared_ptr<const QueuedEvent>;

// How far a sink has come.
struct Cursor {
  std::uint64_t next = 1;     // the sequence of the event that is its next
  std::uint64_t dropped = 0;  // events lost to it of which it has not been told
  bool operator==(const Cursor&) const = default;
};
using Cursors = std::map<std::string, Cursor>;

// What survives the process.
struct QueueContent {
  std::vector<QueuedEventPointer> events;  // in order
  // Nullopt where it is not known how far anybody had come: then all is sent once more.
  std::optional<Cursors> cursors;
};

// One row of events that each sink goes through at its own pace. Bounded: the oldest events give
// way, and each sink that had not come so far counts what it lost. Not safe from many threads.
class EventQueue {
 public:
  // A sink that is new begins behind what is there.
  EventQueue(QueueLimits limits, const std::vector<std::string>& sinks, QueueContent content);

  QueuedEventPointer push(Event event, std::size_t bytes);
  // The event that is the sink's next; null where it has had all.
  QueuedEventPointer next(const std::string& sink) const;
  // The sink is done with this event. Nothing happens where it has lost it meanwhile.
  void acknowledge(const std::string& sink, std::uint64_t sequence);
  // The sink has been told of that many lost events.
  void acknowledge_loss(const std::string& sink, std::uint64_t count);

  const Cursors& cursors() const { return cursors_; }
  std::uint64_t waiting(const std::string& sink) const;
  // The sequence given last; 0 where there was none.
  std::uint64_t last_sequence() const { return next_sequence_ - 1; }
  // Below this sequence there is nothing left.
  std::uint64_t first_sequence() const;

 private:
  void drop_oldest();
  void trim();

  QueueLimits limits_;
  std::deque<QueuedEventPointer> events_;
  std::size_t bytes_ = 0;
  std::uint64_t next_sequence_ = 1;
  Cursors cursors_;
};

}  // namespace sealift::notify
