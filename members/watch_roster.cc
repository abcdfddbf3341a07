#include "watch_roster.h"

#include <sealift/base/backoff.h>
#include <sealift/objects/existence_health.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

namespace sealift::members {
namespace {

constexpr Backoff kAfterRefusal{std::chrono::seconds(2), std::chrono::minutes(5)};
constexpr Backoff kAfterNotServed{std::chrono::seconds(1), std::chrono::minutes(1)};
// While accounts see everything there is nothing to gain but fewer watches.
constexpr std::chrono::minutes kUntilSharedAgain{30};

bool is_about(const delivery::CustomHealth& check, const kube::GroupKind& kind) {
  return check.kind == kind.kind && check.group == kind.group;
}

std::vector<delivery::CustomHealth> checks_about(const WatchRoster::Checks& checks,
                                                 const kube::GroupKind& kind) {
  std::vector<delivery::CustomHealth> out;
  if (!checks) return out;
  std::copy_if(checks->begin(), checks->end(), std::back_inserter(out),
               [&](const delivery::CustomHealth& check) { return is_about(check, kind); });
  return out;
}

WatchKey shared_key(const kube::GroupKind& kind) { return {kind, {}, {}, {}}; }

}  // namespace

// --- Sets.

WatchRoster::Scope WatchRoster::shared(const MemberScope& scope) {
  return {scope.applyset_id, scope.account_namespace, scope.account_name,
          kind_sets_.share(scope.kinds), namespace_sets_.share(scope.name_spaces)};
}

WatchRoster::Orders WatchRoster::follow(const MemberScope& scope, SteadyTime now) {
  Orders orders;
  const auto [entry, added] = sets_.try_emplace(scope.applyset_id);
  auto& set = entry->second;
  if (added) set.scope = shared({});
  auto wanted = shared(scope);
  if (set.scope != wanted) {
    const auto before = std::exchange(set.scope, std::move(wanted));
    set.awaited = true;
    for (const auto& kind : *before.kinds) {
      if (!scope.kinds.contains(kind)) leave(set, kind, orders);
    }
    for (const auto& kind : scope.kinds) {
      if (before.kinds->contains(kind)) {
        end_unneeded(kind, orders);
      } else {
        join(set, kind, orders);
      }
    }
  }
  replace_checks(set, scope.health_checks, orders);
  ensure_all(set, now, orders);
  return orders;
}

WatchRoster::Orders WatchRoster::follow_again(const std::string& applyset_id, SteadyTime now) {
  Orders orders;
  const auto found = sets_.find(applyset_id);
  if (found != sets_.end()) ensure_all(found->second, now, orders);
  return orders;
}

WatchRoster::Orders WatchRoster::forget(const std::string& applyset_id) {
  Orders orders;
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end()) return orders;
  for (const auto& kind : *found->second.scope.kinds) leave(found->second, kind, orders);
  sets_.erase(found);
  settled_.erase(applyset_id);
  return orders;
}

void WatchRoster::join(Followed& set, const kube::GroupKind& name, Orders& orders) {
  auto& kind = kinds_[name];
  kind.followers.insert(&set);
  if (checks_about(set.checks, name).empty()) return;
  orders.rejudge.push_back(name);
  const bool was_enough = is_metadata_enough(name);
  ++kind.with_checks;
  if (is_metadata_enough(name) != was_enough) tell_all_again(name);
}

void WatchRoster::leave(Followed& set, const kube::GroupKind& name, Orders& orders) {
  auto& kind = kinds_.at(name);
  const bool was_enough = is_metadata_enough(name);
  kind.followers.erase(&set);
  if (!checks_about(set.checks, name).empty()) --kind.with_checks;
  if (is_metadata_enough(name) != was_enough) tell_all_again(name);
  end_unneeded(name, orders);
  if (kind.followers.empty()) kinds_.erase(name);
}

void WatchRoster::replace_checks(Followed& set, const std::vector<delivery::CustomHealth>& checks,
                                 Orders& orders) {
  if (set.checks ? *set.checks == checks : checks.empty()) return;
  auto before = std::exchange(
      set.checks, checks.empty()
                      ? nullptr
                      : std::make_shared<const std::vector<delivery::CustomHealth>>(checks));
  for (const auto& name : *set.scope.kinds) {
    const auto old_checks = checks_about(before, name);
    const auto new_checks = checks_about(set.checks, name);
    if (old_checks == new_checks) continue;
    orders.rejudge.push_back(name);
    const bool was_enough = is_metadata_enough(name);
    auto& kind = kinds_.at(name);
    if (!old_checks.empty()) --kind.with_checks;
    if (!new_checks.empty()) ++kind.with_checks;
    if (is_metadata_enough(name) != was_enough) tell_all_again(name);
  }
}

WatchRoster::Checks WatchRoster::checks_of(const std::string& applyset_id) const {
  const auto found = sets_.find(applyset_id);
  return found == sets_.end() ? nullptr : found->second.checks;
}

std::optional<MemberScope> WatchRoster::scope_of(const std::string& applyset_id) const {
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end()) return std::nullopt;
  const auto& scope = found->second.scope;
  return MemberScope{scope.applyset_id, scope.account_namespace, scope.account_name,
                     *scope.kinds,      *scope.name_spaces,      {}};
}

bool WatchRoster::is_metadata_enough(const kube::GroupKind& name) const {
  const auto kind = kinds_.find(name);
  return objects::is_healthy_by_existing(name.group, name.kind) &&
         (kind == kinds_.end() || kind->second.with_checks == 0);
}

// --- Which watches run.

std::vector<WatchKey> WatchRoster::needed(const Followed& set, const kube::GroupKind& name,
                                          const Kind& kind) {
  if (set.refused) return {};
  if (!kind.refused) return {shared_key(name)};
  if (set.over_limit) return {};
  const auto& scope = set.scope;
  if (!*kind.namespaced) return {{name, scope.account_namespace, scope.account_name, {}}};
  std::vector<WatchKey> keys;
  for (const auto& name_space : *scope.name_spaces) {
    keys.push_back({name, scope.account_namespace, scope.account_name, name_space});
  }
  return keys;
}

bool WatchRoster::needs(const Followed& set, const WatchKey& key, const Kind& kind) {
  if (set.refused) return false;
  if (!kind.refused) return key.is_shared_by_all();
  if (set.over_limit) return false;
  const auto& scope = set.scope;
  if (key.account_name != scope.account_name || key.account_namespace != scope.account_namespace) {
    return false;
  }
  return *kind.namespaced ? scope.name_spaces->contains(key.name_space) : key.name_space.empty();
}

std::vector<WatchKey> WatchRoster::watches_of(const std::string& applyset_id,
                                              const kube::GroupKind& name) const {
  const auto set = sets_.find(applyset_id);
  const auto kind = kinds_.find(name);
  if (set == sets_.end() || kind == kinds_.end()) return {};
  return needed(set->second, name, kind->second);
}

void WatchRoster::ensure_all(Followed& set, SteadyTime now, Orders& orders) {
  if (is_resting(set.scope.applyset_id, now)) return;
  set.refused.reset();
  const bool admitted = admit(set, orders);
  for (const auto& name : *set.scope.kinds) {
    // The way out may be a right that the puller is granted.
    if (admitted || watches_.contains(shared_key(name))) ensure(set, name, now, orders);
  }
}

void WatchRoster::ensure(const Followed& set, const kube::GroupKind& name, SteadyTime now,
                         Orders& orders) {
  const auto& kind = kinds_.at(name);
  const auto& payer = set.scope.account_namespace;
  for (const auto& key : needed(set, name, kind)) start(key, payer, now, orders);
  // The right may have been granted meanwhile.
  if (kind.refused) start(shared_key(name), payer, now, orders);
}

void WatchRoster::start(const WatchKey& key, const std::string& charged_to, SteadyTime now,
                        Orders& orders) {
  const auto [entry, added] = watches_.try_emplace(key);
  auto& watch = entry->second;
  if (added) {
    watch.charged_to = charged_to;
    ++charged_[charged_to];
  }
  if (!added && (watch.running || !has_rested(key, watch, now))) return;
  watch.running = true;
  retellings_.add(key, now);
  orders.start.push_back(key);
}

bool WatchRoster::has_rested(const WatchKey& key, const Watch& watch, SteadyTime now) const {
  const auto rested = now - watch.failed_at;
  if (watch.state == State::kNotServed) return rested >= kAfterNotServed.delay(watch.failures, 1);
  const auto kind = kinds_.find(key.kind);
  const bool has_stand_ins = kind != kinds_.end() && kind->second.refused &&
                             key.is_shared_by_all() && *kind->second.namespaced;
  if (has_stand_ins && is_seen_by_stand_ins(key.kind)) return rested >= kUntilSharedAgain;
  return rested >= kAfterRefusal.delay(watch.failures, 1);
}

bool WatchRoster::is_seen_by_stand_ins(const kube::GroupKind& name) const {
  bool any = false;
  for (auto it = watches_.lower_bound(shared_key(name));
       it != watches_.end() && it->first.kind == name; ++it) {
    if (it->first.is_shared_by_all()) continue;
    if (it->second.state == State::kRefused) return false;
    any = true;
  }
  return any;
}

void WatchRoster::end_unneeded(const kube::GroupKind& name, Orders& orders) {
  const auto& kind = kinds_.at(name);
  for (auto it = watches_.lower_bound(shared_key(name));
       it != watches_.end() && it->first.kind == name;) {
    const auto& key = it->first;
    // The shared one stays, if only as the memory that it was refused.
    const bool stays =
        std::any_of(kind.followers.begin(), kind.followers.end(), [&](const auto* set) {
          return key.is_shared_by_all() ? !set->refused : needs(*set, key, kind);
        });
    if (stays) {
      ++it;
      continue;
    }
    if (it->second.running) orders.end.push_back(key);
    forget_watch(it++);
  }
}

void WatchRoster::forget_watch(std::map<WatchKey, Watch>::iterator watch) {
  const auto charged = charged_.find(watch->second.charged_to);
  if (--charged->second == 0) charged_.erase(charged);
  retellings_.remove(watch->first);
  watches_.erase(watch);
}

// They have to read more, or less, of each object.
void WatchRoster::tell_all_again(const kube::GroupKind& name) {
  for (auto it = watches_.lower_bound(shared_key(name));
       it != watches_.end() && it->first.kind == name; ++it) {
    retellings_.ask(it->first);
  }
}

void WatchRoster::tell_again(const std::vector<WatchKey>& keys) {
  for (const auto& key : keys) retellings_.ask(key);
}

void WatchRoster::tell_again(const std::vector<WatchKey>& keys, const std::string& applyset_id) {
  for (const auto& key : keys) retellings_.ask(key, applyset_id);
}

WatchRoster::Orders WatchRoster::note_served(const kube::GroupKind& kind, SteadyTime now) {
  Orders orders;
  for (auto it = watches_.lower_bound(shared_key(kind));
       it != watches_.end() && it->first.kind == kind; ++it) {
    auto& watch = it->second;
    if (watch.running || watch.state != State::kNotServed) continue;
    watch.failed_at = now - kAfterNotServed.maximum;
    start(it->first, watch.charged_to, now, orders);
  }
  return orders;
}

}  // namespace sealift::members
