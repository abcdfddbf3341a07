#include "event_queue.h"

#include <algorithm>
#include <utility>

namespace sealift::notify {

EventQueue::EventQueue(QueueLimits limits, const std::vector<std::string>& sinks,
                       QueueContent content)
    : limits_(limits) {
  for (auto& event : content.events) {
    bytes_ += event->bytes;
    next_sequence_ = std::max(next_sequence_, event->sequence + 1);
    events_.push_back(std::move(event));
  }
  const Cursors saved = content.cursors.value_or(Cursors());
  for (const auto& [name, cursor] : saved) next_sequence_ = std::max(next_sequence_, cursor.next);
  for (const auto& sink : sinks) {
    const auto known = saved.find(sink);
    const Cursor fresh{content.cursors ? next_sequence_ : 1, 0};
    cursors_[sink] = known == saved.end() ? fresh : known->second;
  }
  trim();
}

QueuedEventPointer EventQueue::push(Event event, std::size_t bytes) {
  auto queued =
      std::make_shared<const QueuedEvent>(QueuedEvent{next_sequence_++, std::move(event), bytes});
  bytes_ += bytes;
  events_.push_back(queued);
  trim();
  return queued;
}

QueuedEventPointer EventQueue::next(const std::string& sink) const {
  const auto wanted = cursors_.at(sink).next;
  // Sequences have gaps where a damaged file lost some.
  const auto found = std::lower_bound(
      events_.begin(), events_.end(), wanted,
      [](const QueuedEventPointer& event, std::uint64_t next) { return event->sequence < next; });
  return found == events_.end() ? nullptr : *found;
}

void EventQueue::acknowledge(const std::string& sink, std::uint64_t sequence) {
  auto& cursor = cursors_.at(sink);
  cursor.next = std::max(cursor.next, sequence + 1);
  trim();
}

void EventQueue::acknowledge_loss(const std::string& sink, std::uint64_t count) {
  auto& cursor = cursors_.at(sink);
  cursor.dropped -= std::min(cursor.dropped, count);
}

std::uint64_t EventQueue::waiting(const std::string& sink) const {
  const auto next = cursors_.at(sink).next;
  return static_cast<std::uint64_t>(
      std::count_if(events_.begin(), events_.end(),
                    [&](const QueuedEventPointer& event) { return event->sequence >= next; }));
}

std::uint64_t EventQueue::first_sequence() const {
  return events_.empty() ? next_sequence_ : events_.front()->sequence;
}

void EventQueue::drop_oldest() {
  const auto sequence = events_.front()->sequence;
  for (auto& [name, cursor] : cursors_) {
    if (cursor.next > sequence) continue;
    cursor.next = sequence + 1;
    ++cursor.dropped;
  }
}

void EventQueue::trim() {
  while (!events_.empty()) {
    const auto sequence = events_.front()->sequence;
    const bool done = std::all_of(cursors_.begin(), cursors_.end(),
                                  [&](const auto& entry) { return entry.second.next > sequence; });
    const bool full = events_.size() > limits_.max_events || bytes_ > limits_.max_bytes;
    if (!done && !full) return;
    if (!done) drop_oldest();
    bytes_ -= events_.front()->bytes;
    events_.pop_front();
  }
}

}  // namespace sealift::notify
