#include <sealift/base/small_thread.h>
#include <sealift/kube/observed_object.h>
#include <sealift/members/cluster_view.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "member_table.h"
#include "running_watches.h"
#include "watch_roster.h"
#include "watch_runner.h"

namespace sealift::members {
namespace {

// Changes that come together are told once. An apply's answer may come after its watch event, and
// takes the change back that it made itself.
constexpr std::chrono::milliseconds kGather{50};
constexpr std::chrono::milliseconds kLeastIdle{1};
constexpr std::chrono::seconds kLongestIdle{1};
constexpr std::size_t kMaxReason = 1000;

objects::HealthStatus judge(const Json& object, const WatchRoster::Checks& checks, Clock& clock) {
  static const std::vector<delivery::CustomHealth> kNone;
  auto health = delivery::health_of(object, checks ? *checks : kNone, clock.now());
  if (health.reason.size() > kMaxReason) health.reason.resize(kMaxReason);
  return health;
}

bool has_check_about(const WatchRoster::Checks& checks, const kube::GroupKind& kind) {
  if (!checks) return false;
  for (const auto& check : *checks) {
    if (check.kind == kind.kind && check.group == kind.group) return true;
  }
  return false;
}

}  // namespace

// The lock guards the table, the roster and who runs. It is held for no request, no callback and no
// judging of health.
struct ClusterView::Impl final : public WatchRunner::Listener {
  Impl(kube::ApiClient client, kube::ResourceMap& map, Clock& time, Logger logger, OnChange change)
      : own(std::move(client)),
        resources(map),
        clock(time),
        log(std::move(logger)),
        on_change(std::move(change)),
        running(own, resources, *this) {}

  void begin();
  // Afterwards no thread is left.
  void end();
  void follow(const MemberScope& scope);
  void follow_again(const std::string& applyset_id);
  void forget(const std::string& applyset_id);
  Result<Snapshot> members(const std::string& applyset_id);
  void note_applied(const std::string& applyset_id, const kube::Resource& resource,
                    const Json& live_object);

  // Listener.
  bool is_metadata_enough(const WatchRunner& runner) override;
  void on_served(const WatchRunner& runner, const kube::Resource& resource) override;
  Result<> on_event(const WatchRunner& runner, const kube::Resource& resource, bool metadata_only,
                    kube::WatchEvent event) override;
  void on_connection(const WatchRunner& runner, const Error* lost) override;
  void on_end(const WatchRunner& runner, Error error) override;

  // With the lock held.
  void carry_out(const WatchRoster::Orders& orders, const std::string& applyset_id);
  void start(const WatchKey& key);
  void retire(const WatchKey& key);
  void want(const MemberScope& scope);
  void refuse(const std::string& applyset_id, Error error);
  bool has_news() const;
  void wake_if_changed();

  Result<> tell(const WatchRunner& runner, const kube::Resource& resource, bool metadata_only,
                const kube::WatchEvent& event);
  void notify_until_stopped();
  void wait_for_news(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);

  const kube::ApiClient own;
  kube::ResourceMap& resources;
  Clock& clock;
  const Logger log;
  const OnChange on_change;

  std::mutex mutex;
  MemberTable table;
  WatchRoster roster;
  RunningWatches running;

  std::condition_variable_any changed;
  std::stop_source stopping;
  SmallThread notifier;
};

void ClusterView::Impl::begin() {
  auto thread = SmallThread::start([this] { notify_until_stopped(); });
  if (thread) {
    notifier = *std::move(thread);
  } else {
    log.error("changes in the cluster will not be noticed", {{"reason", thread.error().message()}});
  }
}

void ClusterView::Impl::end() {
  stopping.request_stop();
  notifier.join();
  RunningWatches::Ended all;  // waited for without the lock
  const std::lock_guard lock(mutex);
  all = running.take_all();
}

// --- Watches come and go.

void ClusterView::Impl::carry_out(const WatchRoster::Orders& orders,
                                  const std::string& applyset_id) {
  // In this order: what a new watch covers is not forgotten with the old one.
  for (const auto& key : orders.start) start(key);
  for (const auto& key : orders.end) retire(key);
  for (const auto& kind : orders.rejudge) {
    if (table.unjudge(applyset_id, kind)) roster.tell_again(roster.watches_of(applyset_id, kind));
  }
}

void ClusterView::Impl::start(const WatchKey& key) {
  retire(key);
  auto id = running.start(key);
  if (!id) {
    log.error("a watch cannot run", {{"watch", key.to_string()}, {"reason", id.error().message()}});
    // No order follows: the shared watch has a stand-in where it is forbidden alone.
    (void)roster.on_end(key, std::move(id).error(), clock.steady_now());
    return;
  }
  table.add_watch(*id, {key.kind, key.name_space});
}

void ClusterView::Impl::retire(const WatchKey& key) {
  const auto id = running.retire(key);
  if (!id) return;
  table.remove_watch(*id);
  changed.notify_all();
}

bool ClusterView::Impl::has_news() const {
  return table.members().has_changes() || roster.has_settled() || running.has_ended();
}

void ClusterView::Impl::wake_if_changed() {
  if (has_news() || roster.next_retelling()) changed.notify_all();
}

// --- What sets want.

// Some may have been left out while nobody wanted them.
void ClusterView::Impl::want(const MemberScope& scope) {
  if (roster.is_resting(scope.applyset_id, clock.steady_now())) return;
  roster.tell_again(running.keys_of(table.follow(scope)), scope.applyset_id);
}

// A watch that serves others goes on, and leaves that set's members out as those of any stranger.
void ClusterView::Impl::refuse(const std::string& applyset_id, Error error) {
  log.warning("an ApplySet is followed no more",
              {{"applyset", applyset_id}, {"reason", error.message()}});
  table.forget(applyset_id);
  carry_out(roster.refuse(applyset_id, std::move(error), clock.steady_now()), applyset_id);
}

void ClusterView::Impl::follow(const MemberScope& scope) {
  const std::lock_guard lock(mutex);
  want(scope);
  carry_out(roster.follow(scope, clock.steady_now()), scope.applyset_id);
  wake_if_changed();
}

void ClusterView::Impl::follow_again(const std::string& applyset_id) {
  const std::lock_guard lock(mutex);
  const auto scope = roster.scope_of(applyset_id);
  if (!scope) return;
  want(*scope);
  carry_out(roster.follow_again(applyset_id, clock.steady_now()), applyset_id);
  wake_if_changed();
}

void ClusterView::Impl::forget(const std::string& applyset_id) {
  const std::lock_guard lock(mutex);
  carry_out(roster.forget(applyset_id), applyset_id);
  table.forget(applyset_id);
  wake_if_changed();
}

Result<ClusterView::Snapshot> ClusterView::Impl::members(const std::string& applyset_id) {
  const std::lock_guard lock(mutex);
  auto readiness = roster.readiness(applyset_id, clock.steady_now());
  if (readiness.error) return fail(*std::move(readiness.error));
  Snapshot snapshot;
  snapshot.waiting_for = std::move(readiness.waiting_for);
  if (snapshot.waiting_for.empty() && !table.members().is_judged(applyset_id)) {
    snapshot.waiting_for = "the health of members by checks that are new";
  }
  snapshot.members = table.members().of(applyset_id);
  return snapshot;
}

void ClusterView::Impl::note_applied(const std::string& applyset_id, const kube::Resource& resource,
                                     const Json& live_object) {
  auto observed = kube::observe_member(resource, live_object);
  if (!observed) return;  // the watch will tell
  WatchRoster::Checks checks;
  Member member{*std::move(observed), {}, delivery::is_completed_job(live_object)};
  for (std::unique_lock lock(mutex);;) {
    checks = roster.checks_of(applyset_id);
    lock.unlock();
    member.health = judge(live_object, checks, clock);
    lock.lock();
    if (roster.checks_of(applyset_id) != checks) continue;
    table.note_applied(std::string(kube::applyset_of(live_object)), std::move(member));
    carry_out(roster.note_served({resource.gvk.group, resource.gvk.kind}, clock.steady_now()),
              applyset_id);
    return;
  }
}

// --- What watches tell.

bool ClusterView::Impl::is_metadata_enough(const WatchRunner& runner) {
  const std::lock_guard lock(mutex);
  return roster.is_metadata_enough(runner.key().kind);
}

void ClusterView::Impl::on_served(const WatchRunner& runner, const kube::Resource& resource) {
  const std::lock_guard lock(mutex);
  if (!running.find(runner)) return;
  carry_out(roster.on_served(runner.key(), resource.namespaced, clock.steady_now()), {});
}

Result<> ClusterView::Impl::on_event(const WatchRunner& runner, const kube::Resource& resource,
                                     bool metadata_only, kube::WatchEvent event) {
  using Type = kube::WatchEvent::Type;
  if (event.type == Type::kAdded || event.type == Type::kModified) {
    return tell(runner, resource, metadata_only, event);
  }
  const std::lock_guard lock(mutex);
  const auto watch = running.find(runner);
  if (!watch) return {};
  if (event.type == Type::kReset) {
    table.reset(*watch);
    roster.on_begun(runner.key(), clock.steady_now());
  } else if (event.type == Type::kDeleted) {
    SEALIFT_ASSIGN(const auto gone, kube::observe(resource, event.object));
    table.tell_gone(*watch, gone.id, event.resource_version);
  } else if (table.sync(*watch, event.resource_version)) {
    carry_out(roster.on_synced(runner.key(), clock.steady_now()), {});
  } else {
    roster.on_reset(runner.key());
    log.warning("the API server's versions went back: everything is read anew",
                {{"watch", runner.key().to_string()}});
    return fail(ErrorCode::kConflict, "the API server's versions went back");
  }
  wake_if_changed();
  return {};
}

Result<> ClusterView::Impl::tell(const WatchRunner& runner, const kube::Resource& resource,
                                 bool metadata_only, const kube::WatchEvent& event) {
  SEALIFT_ASSIGN(auto observed, kube::observe_member(resource, event.object));
  observed.resource_version = event.resource_version;
  const std::string applyset_id(kube::applyset_of(event.object));
  Member member{std::move(observed), {}, delivery::is_completed_job(event.object)};
  for (std::unique_lock lock(mutex);;) {
    const auto checks = roster.checks_of(applyset_id);
    lock.unlock();
    member.health = judge(event.object, checks, clock);
    lock.lock();
    if (roster.checks_of(applyset_id) != checks) continue;
    const auto watch = running.find(runner);
    if (!watch) return {};
    const bool is_guess = metadata_only && has_check_about(checks, runner.key().kind);
    auto told = table.tell(*watch, applyset_id, std::move(member), !is_guess);
    if (!told) refuse(applyset_id, std::move(told).error());
    wake_if_changed();
    return {};
  }
}

void ClusterView::Impl::on_connection(const WatchRunner& runner, const Error* lost) {
  const std::lock_guard lock(mutex);
  if (!running.find(runner)) return;
  roster.on_connection(runner.key(), lost, clock.steady_now());
  wake_if_changed();
}

void ClusterView::Impl::on_end(const WatchRunner& runner, Error error) {
  const std::lock_guard lock(mutex);
  const auto watch = running.find(runner);
  if (!watch) return;
  const bool is_gone = error.code() == ErrorCode::kNotFound;
  const auto reason = error.message();
  if (is_gone) table.clear(*watch);
  carry_out(roster.on_end(runner.key(), std::move(error), clock.steady_now()), {});
  const auto text = runner.key().to_string();
  // The puller's own role leaves kinds out on purpose: nothing has to be granted.
  if (roster.is_left_to_accounts(runner.key())) {
    log.debug("a kind is followed as the accounts that deliver it", {{"watch", text}});
  } else {
    log.info(is_gone ? "a kind is not served" : "a watch is refused",
             {{"watch", text}, {"reason", reason}});
  }
  retire(runner.key());
  wake_if_changed();
}

// --- Who hears of it.

void ClusterView::Impl::wait_for_news(std::unique_lock<std::mutex>& lock,
                                      const std::stop_token& stop) {
  const auto due = roster.next_retelling();
  const auto has_work = [&] { return has_news() || roster.next_retelling() != due; };
  if (!due) {
    changed.wait(lock, stop, has_work);
    return;
  }
  // Another clock than the machine's may run ahead of it, or behind: then this asks again.
  const auto left =
      std::clamp<SteadyTime::duration>(*due - clock.steady_now(), kLeastIdle, kLongestIdle);
  changed.wait_until(lock, stop, std::chrono::steady_clock::now() + left, has_work);
}

void ClusterView::Impl::notify_until_stopped() {
  const auto stop = stopping.get_token();
  while (!stop.stop_requested()) {
    RunningWatches::Ended to_wait_for;
    {
      std::unique_lock lock(mutex);
      wait_for_news(lock, stop);
      to_wait_for = running.take_ended();
      for (const auto& key : roster.take_retellings(clock.steady_now())) running.restart(key);
    }
    to_wait_for.clear();  // waits
    clock.sleep_until(clock.steady_now() + kGather, stop);
    std::set<std::string> ids;
    {
      const std::lock_guard lock(mutex);
      for (auto& id : table.take_changes()) ids.insert(std::move(id));
      for (auto& id : roster.take_settled()) ids.insert(std::move(id));
    }
    for (const auto& id : ids) {
      if (stop.stop_requested()) return;
      on_change(id);
    }
  }
}

// --- The public face.

ClusterView::ClusterView(kube::ApiClient own, kube::ResourceMap& resources, Clock& clock,
                         Logger log, OnChange on_change)
    : impl_(std::make_unique<Impl>(std::move(own), resources, clock, std::move(log),
                                   std::move(on_change))) {
  impl_->begin();
}

ClusterView::~ClusterView() { impl_->end(); }

void ClusterView::follow(const MemberScope& scope) { impl_->follow(scope); }

void ClusterView::follow_again(const std::string& applyset_id) { impl_->follow_again(applyset_id); }

void ClusterView::forget(const std::string& applyset_id) { impl_->forget(applyset_id); }

Result<ClusterView::Snapshot> ClusterView::members(const std::string& applyset_id) const {
  return impl_->members(applyset_id);
}

std::string ClusterView::owner_of(const objects::ObjectId& id) const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->table.members().owner_of(id);
}

void ClusterView::begin_writes(const std::string& applyset_id) {
  const std::lock_guard lock(impl_->mutex);
  impl_->table.begin_writes(applyset_id);
}

void ClusterView::end_writes(const std::string& applyset_id) {
  const std::lock_guard lock(impl_->mutex);
  impl_->table.end_writes(applyset_id);
  impl_->wake_if_changed();
}

void ClusterView::note_applied(const std::string& applyset_id, const kube::Resource& resource,
                               const Json& live_object) {
  impl_->note_applied(applyset_id, resource, live_object);
}

void ClusterView::note_deleted(const std::string& applyset_id, const objects::ObjectId& id,
                               const std::string& uid) {
  const std::lock_guard lock(impl_->mutex);
  impl_->table.note_deleted(applyset_id, id, uid);
}

ClusterView::Counts ClusterView::counts() const {
  const std::lock_guard lock(impl_->mutex);
  return {impl_->running.size(), impl_->table.members().followed(), impl_->table.members().size()};
}

}  // namespace sealift::members
