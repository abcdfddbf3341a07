#include "retellings.h"

#include <algorithm>
#include <chrono>

namespace sealift::members {
namespace {

constexpr int kRestForWork = 9;
constexpr SteadyTime::duration kLongestRest = std::chrono::seconds(30);
constexpr std::chrono::minutes kWithoutRest{1};

}  // namespace

void Retellings::add(const WatchKey& key, SteadyTime now) {
  remove(key);
  auto& watch = watches_[key];
  watch.added = now;
  watch.began = now;
}

void Retellings::remove(const WatchKey& key) {
  watches_.erase(key);
  asked_.erase(key);
}

void Retellings::on_begun(const WatchKey& key, SteadyTime now) {
  const auto found = watches_.find(key);
  if (found == watches_.end()) return;
  auto& watch = found->second;
  watch.telling = true;
  watch.began = now;
  ++watch.begun;
  asked_.erase(key);
}

void Retellings::on_told(const WatchKey& key, SteadyTime now) {
  const auto found = watches_.find(key);
  if (found == watches_.end()) return;
  auto& watch = found->second;
  watch.telling = false;
  watch.rests_until = now;
  if (now - watch.added >= kWithoutRest) {
    watch.rests_until += std::min(kRestForWork * (now - watch.began), kLongestRest);
  }
  std::erase_if(watch.awaited_by, [&](const auto& entry) { return entry.second <= watch.begun; });
}

void Retellings::ask(const WatchKey& key) {
  if (watches_.contains(key)) asked_.insert(key);
}

void Retellings::ask(const WatchKey& key, const std::string& applyset_id) {
  const auto found = watches_.find(key);
  if (found == watches_.end()) return;
  found->second.awaited_by[applyset_id] = found->second.begun + 1;
  asked_.insert(key);
}

bool Retellings::is_awaited(const WatchKey& key, const std::string& applyset_id) const {
  const auto found = watches_.find(key);
  return found != watches_.end() && found->second.awaited_by.contains(applyset_id);
}

std::optional<SteadyTime> Retellings::next_due() const {
  std::optional<SteadyTime> next;
  for (const auto& key : asked_) {
    const auto& watch = watches_.at(key);
    if (!watch.telling && (!next || watch.rests_until < *next)) next = watch.rests_until;
  }
  return next;
}

std::vector<WatchKey> Retellings::take_due(SteadyTime now) {
  std::vector<WatchKey> due;
  for (auto it = asked_.begin(); it != asked_.end();) {
    auto& watch = watches_.at(*it);
    if (watch.telling || now < watch.rests_until) {
      ++it;
      continue;
    }
    watch.telling = true;
    due.push_back(*it);
    it = asked_.erase(it);
  }
  return due;
}

}  // namespace sealift::members
