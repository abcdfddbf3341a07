#include "step_queue.h"

#include <algorithm>

namespace sealift::puller {

void StepQueue::add(const std::string& id, SteadyTime due, SteadyTime now) {
  const auto known = places_.find(id);
  if (known != places_.end()) {
    if (!known->second || *known->second <= due) return;
    timers_.erase({*known->second, id});
    places_.erase(known);
  }
  if (due <= now) return make_ready(id);
  timers_.emplace(due, id);
  places_[id] = due;
}

void StepQueue::make_ready(const std::string& id) {
  const auto name_space = id.substr(0, id.find('/'));
  auto& line = by_namespace_[name_space];
  if (line.empty()) turns_.push_back(name_space);
  line.push_back(id);
  places_[id] = std::nullopt;
  ++ready_;
}

void StepQueue::remove(const std::string& id) {
  const auto known = places_.find(id);
  if (known == places_.end()) return;
  if (known->second) {
    timers_.erase({*known->second, id});
  } else {
    const auto name_space = id.substr(0, id.find('/'));
    auto& line = by_namespace_[name_space];
    std::erase(line, id);
    --ready_;
    if (line.empty()) {
      by_namespace_.erase(name_space);
      std::erase(turns_, name_space);
    }
  }
  places_.erase(known);
}

void StepQueue::move_due(SteadyTime now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const auto id = timers_.extract(timers_.begin()).value().second;
    make_ready(id);
  }
}

std::optional<std::string> StepQueue::take(SteadyTime now) {
  move_due(now);
  if (turns_.empty()) return std::nullopt;
  const auto name_space = std::move(turns_.front());
  turns_.pop_front();
  const auto line = by_namespace_.find(name_space);
  auto id = std::move(line->second.front());
  line->second.pop_front();
  if (line->second.empty()) {
    by_namespace_.erase(line);
  } else {
    turns_.push_back(name_space);
  }
  places_.erase(id);
  --ready_;
  return id;
}

std::optional<SteadyTime> StepQueue::next_due() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->first;
}

}  // namespace sealift::puller
