#include <sealift/artifacts/removal_pins.h>

namespace sealift::artifacts {

std::shared_ptr<void> RemovalPins::pin(const std::string& name) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !removing_.contains(name); });
  ++pinned_[name];
  lock.unlock();
  return {this, [name](RemovalPins* pins) {
            const std::lock_guard guard(pins->mutex_);
            const auto entry = pins->pinned_.find(name);
            if (--entry->second == 0) pins->pinned_.erase(entry);
          }};
}

std::shared_ptr<void> RemovalPins::begin_removal(const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (pinned_.contains(name) || !removing_.insert(name).second) return nullptr;
  return {this, [name](RemovalPins* pins) {
            const std::lock_guard guard(pins->mutex_);
            pins->removing_.erase(name);
            pins->changed_.notify_all();
          }};
}

}  // namespace sealift::artifacts
