#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/error.h>
#include <sealift/members/cluster_view.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "retellings.h"
#include "shared_values.h"
#include "watch_key.h"

namespace sealift::members {

// Decides which watches run so that each followed set is told of all its members, and knows how far
// they are. A kind is watched across the cluster as the puller; where that is forbidden, as each
// account in each of its namespaces. Pure: no thread, no lock, and the time is an argument. The
// caller carries the orders out and reports what became of each watch.
class WatchRoster {
 public:
  struct Orders {
    std::vector<WatchKey> start;
    std::vector<WatchKey> end;
    // Kinds about which the set's health checks changed.
    std::vector<kube::GroupKind> rejudge;
  };
  using Checks = std::shared_ptr<const std::vector<delivery::CustomHealth>>;
  // Each watch is a thread and a stream. Kinds and namespaces come from annotations that a tenant,
  // or a cluster of his, may write. A set that would go beyond one of these is in error and has no
  // watches but those across the cluster; the others go on.
  struct Limits {
    std::size_t of_set = 1'000;
    std::size_t of_account_namespace = 2'000;  // charged to the one that needed a watch first
    std::size_t of_view = 8'000;
  };

  WatchRoster() = default;
  explicit WatchRoster(const Limits& limits) : limits_(limits) {}

  // Replaces the set's earlier scope. Also the moment at which what was refused or not served is
  // tried again, if it has rested long enough.
  Orders follow(const MemberScope& scope, SteadyTime now);
  // The scope stays as it is. Nobody: no orders.
  Orders follow_again(const std::string& applyset_id, SteadyTime now);
  Orders forget(const std::string& applyset_id);
  // The set is in error, and watches that no other needs end, until a follow() or follow_again()
  // after a rest that grows.
  Orders refuse(const std::string& applyset_id, Error error, SteadyTime now);
  // Whether it was refused and has not rested since.
  bool is_resting(const std::string& applyset_id, SteadyTime now) const;
  // What the watches told is not enough: they tell everything again when they have rested. Where a
  // set is named, they left out members that it wants now, and it is not ready before.
  void tell_again(const std::vector<WatchKey>& keys);
  void tell_again(const std::vector<WatchKey>& keys, const std::string& applyset_id);
  // The watches to restart now, and when there will be some if nothing else happens.
  std::vector<WatchKey> take_retellings(SteadyTime now) { return retellings_.take_due(now); }
  std::optional<SteadyTime> next_retelling() const { return retellings_.next_due(); }
  // An object of that kind was just written, so it is served.
  Orders note_served(const kube::GroupKind& kind, SteadyTime now);

  // What became of a running watch.
  Orders on_served(const WatchKey& key, bool namespaced, SteadyTime now);
  // It tells everything from here; what it told before is believed until on_synced().
  void on_begun(const WatchKey& key, SteadyTime now) { retellings_.on_begun(key, now); }
  Orders on_synced(const WatchKey& key, SteadyTime now);
  void on_connection(const WatchKey& key, const Error* lost, SteadyTime now);
  // What it told is void, and it begins again.
  void on_reset(const WatchKey& key);
  // It runs no more: kNotFound where the kind is not served; kForbidden and others: refused.
  Orders on_end(const WatchKey& key, Error error, SteadyTime now);
  // Whether it was refused across the cluster, so that each account watches for itself.
  bool is_left_to_accounts(const WatchKey& key) const;

  struct Readiness {
    std::string waiting_for;     // not empty: what was not told yet
    std::optional<Error> error;  // why it cannot be known now
    bool is_ready() const { return waiting_for.empty() && !error; }
  };
  // Where the set is not ready, take_settled() will name it when something has come of that.
  Readiness readiness(const std::string& applyset_id, SteadyTime now);
  // The sets that became ready, or of which it turned out that they cannot be known, since the last
  // call.
  std::vector<std::string> take_settled();
  bool has_settled() const { return !settled_.empty(); }

  // Whether the metadata of such objects says all that anybody wants to know.
  bool is_metadata_enough(const kube::GroupKind& kind) const;
  // Null where the set has none, or is not followed.
  Checks checks_of(const std::string& applyset_id) const;
  // Without its checks; nullopt where it is not followed.
  std::optional<MemberScope> scope_of(const std::string& applyset_id) const;
  std::vector<WatchKey> watches_of(const std::string& applyset_id,
                                   const kube::GroupKind& kind) const;

 private:
  // A MemberScope without the checks. Its sets are never null.
  struct Scope {
    std::string applyset_id;
    std::string account_namespace;
    std::string account_name;
    SharedValues<std::set<kube::GroupKind>>::Shared kinds;
    SharedValues<std::set<std::string>>::Shared name_spaces;
    bool operator==(const Scope&) const = default;
  };
  struct Followed {
    Scope scope;
    Checks checks;
    bool awaited = true;              // somebody wants to hear when it is ready
    std::optional<Error> over_limit;  // of watches
    std::optional<Error> refused;     // by refuse()
    SteadyTime refused_at;
    std::uint32_t refusals = 0;  // in a row
  };
  struct Kind {
    std::set<Followed*> followers;
    std::size_t with_checks = 0;  // followers with health checks about it
    bool refused = false;         // across the cluster, as the puller
    std::optional<bool> namespaced;
  };
  enum class State { kStarting, kSynced, kRefused, kNotServed };
  struct Watch {
    State state = State::kStarting;
    bool running = true;
    std::uint32_t failures = 0;  // in a row
    SteadyTime failed_at;
    std::optional<Error> error;  // kRefused
    std::optional<Error> lost;   // the connection
    SteadyTime lost_at;
    bool loss_told = false;
    std::string charged_to;  // an account namespace
  };

  static std::vector<WatchKey> needed(const Followed& set, const kube::GroupKind& name,
                                      const Kind& kind);
  static bool needs(const Followed& set, const WatchKey& key, const Kind& kind);
  Scope shared(const MemberScope& scope);
  void join(Followed& set, const kube::GroupKind& name, Orders& orders);
  void leave(Followed& set, const kube::GroupKind& name, Orders& orders);
  void replace_checks(Followed& set, const std::vector<delivery::CustomHealth>& checks,
                      Orders& orders);
  std::optional<Error> limit_of(const Followed& set) const;
  void ensure_all(Followed& set, SteadyTime now, Orders& orders);
  // Whether the set may have all the watches that it needs.
  bool admit(Followed& set, Orders& orders);
  void ensure(const Followed& set, const kube::GroupKind& name, SteadyTime now, Orders& orders);
  void start(const WatchKey& key, const std::string& charged_to, SteadyTime now, Orders& orders);
  void forget_watch(std::map<WatchKey, Watch>::iterator watch);
  void end_unneeded(const kube::GroupKind& name, Orders& orders);
  void tell_all_again(const kube::GroupKind& name);
  bool has_rested(const WatchKey& key, const Watch& watch, SteadyTime now) const;
  bool is_seen_by_stand_ins(const kube::GroupKind& name) const;
  Readiness readiness_of(const WatchKey& key, SteadyTime now) const;
  Readiness readiness_of(const Followed& set, SteadyTime now) const;
  void settle(const WatchKey& key, bool all, SteadyTime now);

  const Limits limits_;
  SharedValues<std::set<kube::GroupKind>> kind_sets_;
  SharedValues<std::set<std::string>> namespace_sets_;
  std::map<std::string, Followed> sets_;
  std::map<kube::GroupKind, Kind> kinds_;
  std::map<WatchKey, Watch> watches_;
  Retellings retellings_;
  std::map<std::string, std::size_t> charged_;  // watches, by account namespace
  std::set<std::string> settled_;
};

}  // namespace sealift::members
