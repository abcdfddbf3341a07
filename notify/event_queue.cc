#include "event_queue.h"

#include <algorithm>
#include <utility>

namespace sealift::notify {
namespace {

// The sequence below which the sink is done with this lane.
std::uint64_t begin_of(const Cursor& cursor, const std::string& lane) {
  const auto behind = cursor.lanes.find(lane);
  return behind == cursor.lanes.end() ? cursor.next : behind->second;
}

}  // namespace

EventQueue::EventQueue(QueueLimits limits, const std::vector<std::string>& sinks,
                       QueueContent content)
    : limits_(limits) {
  for (auto& event : content.events) {
    next_sequence_ = std::max(next_sequence_, event->sequence + 1);
    add(std::move(event));
  }
  const Cursors saved = content.cursors.value_or(Cursors());
  for (const auto& [name, cursor] : saved) next_sequence_ = std::max(next_sequence_, cursor.next);
  for (const auto& sink : sinks) {
    const auto known = saved.find(sink);
    const Cursor fresh{content.cursors ? next_sequence_ : 1, 0};
    const auto& cursor = known == saved.end() ? fresh : known->second;
    dropped_[sink] = cursor.dropped;
    for (auto& [name, lane] : lanes_) lane.next[sink] = begin_of(cursor, name);
  }
  trim_all();
}

EventQueue::Lane& EventQueue::lane_for(const QueuedEvent& event) {
  const auto [found, is_new] = lanes_.try_emplace(event.lane());
  if (is_new) {
    for (const auto& [sink, lost] : dropped_) found->second.next[sink] = event.sequence;
  }
  return found->second;
}

void EventQueue::add(QueuedEventPointer event) {
  auto& lane = lane_for(*event);
  lane.bytes += event->bytes;
  bytes_ += event->bytes;
  ++count_;
  lane.events.push_back(std::move(event));
}

QueuedEventPointer EventQueue::push(Event event, std::size_t bytes) {
  auto queued =
      std::make_shared<const QueuedEvent>(QueuedEvent{next_sequence_++, std::move(event), bytes});
  add(queued);
  trim_all();
  return queued;
}

// Sequences have gaps: other lanes, and what a damaged file lost.
std::size_t EventQueue::first_waiting(const Lane& lane, const std::string& sink) {
  const auto found = std::lower_bound(
      lane.events.begin(), lane.events.end(), lane.next.at(sink),
      [](const QueuedEventPointer& event, std::uint64_t next) { return event->sequence < next; });
  return static_cast<std::size_t>(found - lane.events.begin());
}

std::vector<std::string> EventQueue::lanes(const std::string& sink) const {
  std::vector<std::string> names;
  for (const auto& [name, lane] : lanes_) {
    if (first_waiting(lane, sink) < lane.events.size()) names.push_back(name);
  }
  return names;
}

QueuedEventPointer EventQueue::next(const std::string& sink, const std::string& lane) const {
  const auto found = lanes_.find(lane);
  if (found == lanes_.end()) return nullptr;
  const auto at = first_waiting(found->second, sink);
  return at < found->second.events.size() ? found->second.events[at] : nullptr;
}

void EventQueue::acknowledge(const std::string& sink, const QueuedEvent& event) {
  const auto lane = lanes_.find(event.lane());
  if (lane == lanes_.end()) return;
  auto& next = lane->second.next.at(sink);
  next = std::max(next, event.sequence + 1);
  trim(lane);
}

void EventQueue::acknowledge_loss(const std::string& sink, std::uint64_t count) {
  auto& dropped = dropped_.at(sink);
  dropped -= std::min(dropped, count);
}

Cursors EventQueue::cursors() const {
  Cursors cursors;
  for (const auto& [sink, dropped] : dropped_) {
    auto& cursor = cursors[sink];
    cursor = {next_sequence_, dropped};
    for (const auto& [name, lane] : lanes_) {
      const auto at = first_waiting(lane, sink);
      if (at < lane.events.size()) cursor.lanes[name] = lane.events[at]->sequence;
    }
  }
  return cursors;
}

std::uint64_t EventQueue::waiting(const std::string& sink) const {
  std::uint64_t count = 0;
  for (const auto& [name, lane] : lanes_) count += lane.events.size() - first_waiting(lane, sink);
  return count;
}

std::vector<std::uint64_t> EventQueue::sequences() const {
  std::vector<std::uint64_t> all;
  all.reserve(count_);
  for (const auto& [name, lane] : lanes_) {
    for (const auto& event : lane.events) all.push_back(event->sequence);
  }
  std::sort(all.begin(), all.end());
  return all;
}

void EventQueue::pop(Lane& lane) {
  const auto bytes = lane.events.front()->bytes;
  lane.bytes -= bytes;
  bytes_ -= bytes;
  --count_;
  lane.events.pop_front();
}

void EventQueue::drop_oldest(Lane& lane) {
  const auto sequence = lane.events.front()->sequence;
  for (auto& [sink, next] : lane.next) {
    if (next > sequence) continue;
    next = sequence + 1;
    ++dropped_.at(sink);
  }
  pop(lane);
}

// Forgets what all sinks are done with.
void EventQueue::trim(Lanes::iterator lane) {
  auto& events = lane->second.events;
  const auto& next = lane->second.next;
  while (!events.empty() && std::all_of(next.begin(), next.end(), [&](const auto& entry) {
    return entry.second > events.front()->sequence;
  })) {
    pop(lane->second);
  }
  if (events.empty()) lanes_.erase(lane);
}

void EventQueue::trim_all() {
  for (auto lane = lanes_.begin(); lane != lanes_.end();) trim(lane++);
  while (count_ > limits_.max_events || bytes_ > limits_.max_bytes) {
    const auto lane = fullest();
    drop_oldest(lane->second);
    trim(lane);
  }
}

// By what there is too much of.
EventQueue::Lanes::iterator EventQueue::fullest() {
  const bool by_events = count_ > limits_.max_events;
  return std::max_element(lanes_.begin(), lanes_.end(), [&](const auto& a, const auto& b) {
    return by_events ? a.second.events.size() < b.second.events.size()
                     : a.second.bytes < b.second.bytes;
  });
}

}  // namespace sealift::notify
