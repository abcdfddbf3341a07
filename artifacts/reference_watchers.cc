#include "reference_watchers.h"

namespace sealift::artifacts {

void ReferenceWatchers::watch(const std::string& key, const std::string& repository,
                              const std::string& tag, const std::string& watcher,
                              SteadyTime until) {
  auto& watched = watched_[key];
  if (watched.watchers.empty()) {
    watched.repository = repository;
    watched.tag = tag;
  }
  watched.watchers[watcher] = until;
}

std::vector<std::string> ReferenceWatchers::of(const std::string& key) const {
  std::vector<std::string> names;
  const auto watched = watched_.find(key);
  if (watched == watched_.end()) return names;
  for (const auto& [watcher, until] : watched->second.watchers) names.push_back(watcher);
  return names;
}

std::vector<std::string> ReferenceWatchers::keys(std::string_view repository,
                                                 std::string_view tag) const {
  std::vector<std::string> keys;
  for (const auto& [key, watched] : watched_) {
    const bool concerned = tag.empty() || watched.tag.empty() || watched.tag == tag;
    if (watched.repository == repository && concerned) keys.push_back(key);
  }
  return keys;
}

void ReferenceWatchers::forget(SteadyTime now) {
  for (auto& [key, watched] : watched_) {
    std::erase_if(watched.watchers, [&](const auto& entry) { return entry.second <= now; });
  }
  std::erase_if(watched_, [](const auto& item) { return item.second.watchers.empty(); });
}

}  // namespace sealift::artifacts
