// Which sets of a WatchRoster may have the watches that they need.
#include <sealift/base/backoff.h>

#include <chrono>
#include <utility>

#include "watch_roster.h"

namespace sealift::members {
namespace {

constexpr Backoff kAfterTooMany{std::chrono::seconds(5), std::chrono::minutes(10)};
constexpr std::chrono::minutes kUntilForgiven{60};

Error too_many_watches(const std::string& applyset_id, const std::string& whose,
                       std::size_t limit) {
  return Error(ErrorCode::kInvalidInput,
               "the ApplySet " + applyset_id + " needs more watches than the limit of " +
                   std::to_string(limit) + " for " + whose +
                   ", one for each kind and, where the puller may not watch the kind across the "
                   "cluster, each namespace: let the puller list and watch such kinds, or deliver "
                   "fewer kinds or into fewer namespaces; where the inventory's annotations were "
                   "changed, give them back what they held");
}

}  // namespace

std::optional<Error> WatchRoster::limit_of(const Followed& set) const {
  const auto& scope = set.scope;
  std::size_t count = 0;
  for (const auto& name : *scope.kinds) {
    const auto& kind = kinds_.at(name);
    count += kind.refused && *kind.namespaced ? scope.name_spaces->size() : 1;
    if (count > limits_.of_set) {
      return too_many_watches(scope.applyset_id, "one set", limits_.of_set);
    }
  }
  std::size_t missing = 0;
  for (const auto& name : *scope.kinds) {
    for (const auto& key : needed(set, name, kinds_.at(name))) {
      if (!watches_.contains(key)) ++missing;
    }
  }
  if (missing == 0) return std::nullopt;
  const auto charged = charged_.find(scope.account_namespace);
  if ((charged == charged_.end() ? 0 : charged->second) + missing > limits_.of_account_namespace) {
    return too_many_watches(scope.applyset_id,
                            "the Deliveries of namespace " + scope.account_namespace,
                            limits_.of_account_namespace);
  }
  if (watches_.size() + missing > limits_.of_view) {
    return too_many_watches(scope.applyset_id, "all Deliveries into one cluster", limits_.of_view);
  }
  return std::nullopt;
}

bool WatchRoster::admit(Followed& set, Orders& orders) {
  const bool was_over = set.over_limit.has_value();
  set.over_limit.reset();
  set.over_limit = limit_of(set);
  if (set.over_limit && !was_over) {
    for (const auto& name : *set.scope.kinds) end_unneeded(name, orders);
    set.awaited = false;
    settled_.insert(set.scope.applyset_id);
  }
  return !set.over_limit;
}

WatchRoster::Orders WatchRoster::refuse(const std::string& applyset_id, Error error,
                                        SteadyTime now) {
  Orders orders;
  const auto found = sets_.find(applyset_id);
  if (found == sets_.end()) return orders;
  auto& set = found->second;
  if (now - set.refused_at > kUntilForgiven) set.refusals = 0;
  set.refused = std::move(error);
  set.refused_at = now;
  ++set.refusals;
  set.awaited = false;
  settled_.insert(applyset_id);
  for (const auto& kind : *set.scope.kinds) end_unneeded(kind, orders);
  return orders;
}

bool WatchRoster::is_resting(const std::string& applyset_id, SteadyTime now) const {
  const auto found = sets_.find(applyset_id);
  return found != sets_.end() && found->second.refused &&
         now - found->second.refused_at < kAfterTooMany.delay(found->second.refusals, 1);
}

}  // namespace sealift::members
