#include <algorithm>
#include <utility>

#include "notifier_work.h"

namespace sealift::notify {

QueueContent Notifier::Work::load() {
  auto content = journal_.load();
  if (content) return *std::move(content);
  log_.error(
      "waiting notifications cannot be read; until a new start, new ones are in memory alone",
      {{"error", content.error().message()}});
  unreadable_ = content.error();
  return {};
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

Result<> Notifier::Work::flush() {
  std::unique_lock lock(mutex_);
  touch();
  const auto wanted = changes_;
  changed_.wait(lock, [&] { return saved_ >= wanted; });
  return save_result_;
}

}  // namespace sealift::notify
