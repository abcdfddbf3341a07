#include <chrono>
#include <utility>

#include "watch_roster.h"

// What becomes of the watches, and how far the sets are by that.
namespace sealift::members {
namespace {

// A restart of the API server is shorter, and nobody has to hear of it.
constexpr std::chrono::seconds kLossThatMatters{60};

}  // namespace

WatchRoster::Orders WatchRoster::on_served(const WatchKey& key, bool namespaced, SteadyTime now) {
  Orders orders;
  const auto found = watches_.find(key);
  if (found == watches_.end()) return orders;
  if (found->second.state == State::kNotServed) found->second.state = State::kStarting;
  auto& kind = kinds_.at(key.kind);
  const auto before = std::exchange(kind.namespaced, namespaced);
  if (!kind.refused || before == namespaced) return orders;
  // A definition that came back with another scope.
  for (auto* set : kind.followers) {
    if (!set->refused && admit(*set, orders)) ensure(*set, key.kind, now, orders);
  }
  end_unneeded(key.kind, orders);
  return orders;
}

WatchRoster::Orders WatchRoster::on_synced(const WatchKey& key, SteadyTime now) {
  Orders orders;
  const auto found = watches_.find(key);
  if (found == watches_.end()) return orders;
  retellings_.on_told(key, now);
  auto& watch = found->second;
  watch.state = State::kSynced;
  watch.failures = 0;
  watch.error.reset();
  auto& kind = kinds_.at(key.kind);
  if (key.is_shared_by_all() && std::exchange(kind.refused, false)) {
    end_unneeded(key.kind, orders);
  }
  settle(key, false, now);
  return orders;
}

void WatchRoster::on_reset(const WatchKey& key) {
  const auto found = watches_.find(key);
  if (found != watches_.end() && found->second.state == State::kSynced) {
    found->second.state = State::kStarting;
  }
}

void WatchRoster::on_connection(const WatchKey& key, const Error* lost, SteadyTime now) {
  const auto found = watches_.find(key);
  if (found == watches_.end()) return;
  auto& watch = found->second;
  if (!lost) {
    watch.lost.reset();
    if (std::exchange(watch.loss_told, false)) settle(key, true, now);
    return;
  }
  const bool is_first = !watch.lost;
  watch.lost = *lost;
  if (is_first) watch.lost_at = now;
  if (watch.state == State::kStarting && is_first) settle(key, false, now);
  if (watch.state == State::kSynced && now - watch.lost_at >= kLossThatMatters &&
      !std::exchange(watch.loss_told, true)) {
    settle(key, true, now);
  }
}

WatchRoster::Orders WatchRoster::on_end(const WatchKey& key, Error error, SteadyTime now) {
  Orders orders;
  const auto found = watches_.find(key);
  if (found == watches_.end()) return orders;
  auto& watch = found->second;
  const bool is_forbidden = error.code() == ErrorCode::kForbidden;
  retellings_.remove(key);
  watch.running = false;
  watch.failed_at = now;
  ++watch.failures;
  watch.lost.reset();
  watch.loss_told = false;
  if (error.code() == ErrorCode::kNotFound) {
    watch.state = State::kNotServed;
  } else {
    watch.state = State::kRefused;
    watch.error = std::move(error);
  }
  auto& kind = kinds_.at(key.kind);
  if (key.is_shared_by_all() && is_forbidden && kind.namespaced && !kind.refused) {
    kind.refused = true;
    for (auto* set : kind.followers) {
      if (!set->refused && admit(*set, orders)) ensure(*set, key.kind, now, orders);
    }
  }
  settle(key, true, now);
  return orders;
}

bool WatchRoster::is_left_to_accounts(const WatchKey& key) const {
  const auto kind = kinds_.find(key.kind);
  return key.is_shared_by_all() && kind != kinds_.end() && kind->second.refused;
}

// --- How far the sets are.

WatchRoster::Readiness WatchRoster::readiness_of(const WatchKey& key, SteadyTime now) const {
  const auto found = watches_.find(key);
  const auto waiting = [&] { return Readiness{"the first state of " + key.to_string(), {}}; };
  if (found == watches_.end()) return waiting();
  const auto& watch = found->second;
  switch (watch.state) {
    case State::kNotServed:
      return {};
    case State::kRefused:
      return {{}, Error(*watch.error).with_context("following " + key.to_string())};
    case State::kStarting:
      if (!watch.lost) return waiting();
      break;
    case State::kSynced:
      if (!watch.lost || now - watch.lost_at < kLossThatMatters) return {};
      break;
  }
  return {{}, Error(*watch.lost).with_context("following " + key.to_string())};
}

WatchRoster::Readiness WatchRoster::readiness_of(const Followed& set, SteadyTime now) const {
  if (set.refused) return {{}, set.refused};
  if (set.over_limit) return {{}, set.over_limit};
  Readiness sum;
  for (const auto& name : *set.scope.kinds) {
    for (const auto& key : needed(set, name, kinds_.at(name))) {
      auto one = readiness_of(key, now);
      if (one.error) return one;
      if (one.is_ready() && retellings_.is_awaited(key, set.scope.applyset_id)) {
        one.waiting_for = "another telling of " + key.to_string() + ", which left out members";
      }
      if (sum.waiting_for.empty()) sum.waiting_for = std::move(one.waiting_for);
    }
  }
  return sum;
}

WatchRoster::Readiness WatchRoster::readiness(const std::string& applyset_id, SteadyTime now) {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end()) return {"the set to be followed", {}};
  auto sum = readiness_of(found->second, now);
  found->second.awaited = !sum.is_ready();
  return sum;
}

void WatchRoster::settle(const WatchKey& key, bool all, SteadyTime now) {
  const auto kind = kinds_.find(key.kind);
  if (kind == kinds_.end()) return;
  for (auto* set : kind->second.followers) {
    if (!(all || set->awaited) || !needs(*set, key, kind->second)) continue;
    const auto sum = readiness_of(*set, now);
    if (!sum.waiting_for.empty() && !sum.error) continue;
    set->awaited = false;
    settled_.insert(set->scope.applyset_id);
  }
}

std::vector<std::string> WatchRoster::take_settled() {
  std::vector<std::string> ids(settled_.begin(), settled_.end());
  settled_.clear();
  return ids;
}

}  // namespace sealift::members
