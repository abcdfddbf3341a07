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

  // The namespace of its Delivery, which is its lane; empty for Deliveries that are files.
  const std::string& lane() const { return event.notification.delivery_namespace; }
};
using QueuedEventPointer = std::shared_ptr<const QueuedEvent>;

// How far a sink has come: it is done with the events below `next`, but for those lanes that are
// listed, with the sequence of their first event that waits.
struct Cursor {
  std::uint64_t next = 1;
  std::uint64_t dropped = 0;  // events lost to it of which it has not been told
  std::map<std::string, std::uint64_t> lanes = {};
  bool operator==(const Cursor&) const = default;
};
using Cursors = std::map<std::string, Cursor>;

// What survives the process.
struct QueueContent {
  std::vector<QueuedEventPointer> events;  // in order
  // Nullopt where it is not known how far anybody had come: then all is sent once more.
  std::optional<Cursors> cursors;
};

// The events that wait, in a lane for each namespace: each sink goes through each lane in order and
// at its own pace, so that what cannot be sent for one tenant holds up no other's. Bounded: where
// there is no room, the oldest event of the fullest lane gives way, and each sink that had not had
// it counts what it lost; so who sends much loses its own. Not safe from many threads.
class EventQueue {
 public:
  // A sink that is new begins behind what is there.
  EventQueue(QueueLimits limits, const std::vector<std::string>& sinks, QueueContent content);

  QueuedEventPointer push(Event event, std::size_t bytes);
  // The lanes with an event for this sink, in alphabetical order.
  std::vector<std::string> lanes(const std::string& sink) const;
  // The event of the lane that is the sink's next; null where it has had all.
  QueuedEventPointer next(const std::string& sink, const std::string& lane) const;
  // The sink is done with this event. Nothing happens where it has lost it meanwhile.
  void acknowledge(const std::string& sink, const QueuedEvent& event);
  // How many events were lost to the sink of which it has not been told.
  std::uint64_t dropped(const std::string& sink) const { return dropped_.at(sink); }
  // The sink has been told of that many lost events.
  void acknowledge_loss(const std::string& sink, std::uint64_t count);

  Cursors cursors() const;
  std::uint64_t waiting(const std::string& sink) const;
  // The sequence given last; 0 where there was none.
  std::uint64_t last_sequence() const { return next_sequence_ - 1; }
  // Those of all events that somebody waits for, in order.
  std::vector<std::uint64_t> sequences() const;

 private:
  struct Lane {
    std::deque<QueuedEventPointer> events;
    std::size_t bytes = 0;
    std::map<std::string, std::uint64_t> next;  // by sink: it is done with what is below
  };
  using Lanes = std::map<std::string, Lane>;

  Lane& lane_for(const QueuedEvent& event);
  void add(QueuedEventPointer event);
  static std::size_t first_waiting(const Lane& lane, const std::string& sink);
  void drop_oldest(Lane& lane);
  void pop(Lane& lane);
  void trim(Lanes::iterator lane);
  void trim_all();
  Lanes::iterator fullest();

  QueueLimits limits_;
  Lanes lanes_;  // none is empty
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t next_sequence_ = 1;
  std::map<std::string, std::uint64_t> dropped_;  // by sink
};

}  // namespace sealift::notify
