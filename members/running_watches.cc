#include "running_watches.h"

#include <algorithm>
#include <utility>

namespace sealift::members {

Result<RunningWatches::Id> RunningWatches::start(const WatchKey& key) {
  Watch watch;
  watch.runner = std::make_unique<WatchRunner>(key, own_, resources_, listener_);
  SEALIFT_ASSIGN(watch.thread,
                 SmallThread::start([runner = watch.runner.get()] { runner->run(); }));
  watch.id = ++last_id_;
  return (running_[key] = std::move(watch)).id;
}

std::optional<RunningWatches::Id> RunningWatches::retire(const WatchKey& key) {
  const auto found = running_.find(key);
  if (found == running_.end()) return std::nullopt;
  const auto id = found->second.id;
  found->second.runner->stop();
  ended_.push_back(std::move(found->second));
  running_.erase(found);
  return id;
}

void RunningWatches::restart(const WatchKey& key) {
  const auto found = running_.find(key);
  if (found != running_.end()) found->second.runner->restart();
}

std::optional<RunningWatches::Id> RunningWatches::find(const WatchRunner& runner) const {
  const auto found = running_.find(runner.key());
  if (found == running_.end() || found->second.runner.get() != &runner) return std::nullopt;
  return found->second.id;
}

std::vector<WatchKey> RunningWatches::keys_of(const std::vector<Id>& ids) const {
  std::vector<WatchKey> keys;
  for (const auto& [key, watch] : running_) {
    if (std::find(ids.begin(), ids.end(), watch.id) != ids.end()) keys.push_back(key);
  }
  return keys;
}

RunningWatches::Ended RunningWatches::take_ended() { return std::exchange(ended_, {}); }

RunningWatches::Ended RunningWatches::take_all() {
  for (auto& [key, watch] : running_) {
    watch.runner->stop();
    ended_.push_back(std::move(watch));
  }
  running_.clear();
  return take_ended();
}

}  // namespace sealift::members
