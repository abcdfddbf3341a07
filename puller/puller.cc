#include <sealift/delivery/dependencies.h>
#include <sealift/puller/puller.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "outcome_log.h"
#include "remote_turns.h"
#include "step_turns.h"

namespace sealift::puller {
namespace {

using Kind = RunOutcome::Kind;

// Changes may come as fast as a rollout makes them, and each step looks at all objects again: a
// rest of some times what that costs.
constexpr std::chrono::microseconds kRestPerObject{200};

bool has_ended(const RunOutcome& outcome) {
  return outcome.kind != Kind::kWaiting && !outcome.go_on;
}

bool needs(const delivery::Delivery& delivery, const std::string& id) {
  return std::any_of(delivery.depends_on.begin(), delivery.depends_on.end(),
                     [&](const auto& other) { return other.to_string() == id; });
}

// Who fell back has not what it wants; who is held at an artifact has.
bool is_ready(const delivery::Delivery& delivery, const RunOutcome& outcome) {
  if (outcome.rolled_back_from && !delivery.rollback_to) return false;
  return outcome.kind == Kind::kDelivered || outcome.kind == Kind::kUnchanged;
}

}  // namespace

// One Delivery as the scheduler knows it. `run` belongs to whoever steps it.
struct PullerEntry {
  explicit PullerEntry(std::shared_ptr<const delivery::Delivery> delivery)
      : run(delivery),
        wanted(std::move(delivery)),
        node{wanted->depends_on, wanted->allowed_dependents, false} {}

  DeliveryRun run;
  std::shared_ptr<const delivery::Delivery> wanted;  // the newest spec
  bool changed = false;                              // `run` has another one still
  bool look_again = false;
  bool running = false;
  bool woken = false;  // while it was running
  bool gone = false;
  bool done = false;  // of run_once()
  std::string applyset_id;
  std::optional<std::vector<Digest>> digests;  // that the cache has to keep
  bool unreadable = false;  // its state; nothing mends that before a step, so it is read once
  SteadyTime rest_until{};
  SteadyTime next_run{};
  unsigned failures = 0;
  std::optional<RunOutcome> last;
  delivery::DependencyNode node;  // ready: with this spec
};

struct Puller::Impl {
  using Entry = PullerEntry;

  Impl(const RunEnvironment& shared, DeliveryListener* told, Logger logger,
       const PullerOptions& wishes)
      : environment(shared),
        listener(told),
        log(std::move(logger)),
        options(wishes),
        turns(shared.clock) {}

  void put(std::shared_ptr<const delivery::Delivery> delivery);
  void remove(const std::string& id);
  void wake(Entry& entry);
  void work(std::stop_token stop);
  void step(const std::shared_ptr<Entry>& entry, std::unique_lock<std::mutex>& lock,
            const std::stop_token& stop);
  void let_go(std::shared_ptr<Entry> entry, std::unique_lock<std::mutex>& lock);
  void after_step(Entry& entry, const RunOutcome& outcome);
  SteadyTime due_after(Entry& entry, const RunOutcome& outcome, SteadyTime now);
  void tell(Entry& entry, const RunOutcome& outcome, const Logger& logger, bool news);
  Result<std::string> blocked_by(const delivery::Delivery& delivery) const;
  void wake_dependents(const std::string& id);
  void wake_waiting(const delivery::Delivery& news);
  void end_remote_turn(const std::string& id);
  void run_threads(std::stop_token stop);
  // False where a state cannot be read.
  bool read_unknown_digests();
  bool all_done() const;

  const RunEnvironment& environment;
  DeliveryListener* listener;
  Logger log;
  PullerOptions options;

  mutable std::mutex mutex;
  std::map<std::string, std::shared_ptr<Entry>> entries;
  // Removed while they were stepped. Whoever comes under that name again is not stepped before that
  // has ended: both would write the same objects and the same state.
  std::set<std::string> leaving;
  std::map<std::string, std::set<std::string>> ids_of_set;
  StepTurns turns;
  RemoteTurns remote_turns{std::max<std::size_t>(1, options.max_parallel / 2)};
  bool once = false;
  std::size_t running = 0;
};

void Puller::Impl::wake(Entry& entry) {
  if (entry.gone || (once && entry.done)) return;
  if (entry.running) {
    entry.woken = true;
    return;
  }
  // Whoever asked for one run waits for its end.
  turns.add(entry.wanted->id(), once ? SteadyTime() : entry.rest_until);
}

void Puller::Impl::put(std::shared_ptr<const delivery::Delivery> delivery) {
  const std::scoped_lock lock(mutex);
  auto& entry = entries[delivery->id()];
  if (!entry) {
    entry = std::make_shared<Entry>(std::move(delivery));
  } else {
    entry->wanted = std::move(delivery);
    entry->changed = true;
    entry->node = {entry->wanted->depends_on, entry->wanted->allowed_dependents, false};
    entry->failures = 0;
    entry->rest_until = {};
  }
  wake(*entry);
  wake_waiting(*entry->wanted);
}

void Puller::Impl::remove(const std::string& id) {
  std::shared_ptr<Entry> gone;  // destroyed without the lock: its target ends watches
  const std::scoped_lock lock(mutex);
  const auto found = entries.find(id);
  if (found == entries.end()) return;
  gone = std::move(found->second);
  gone->gone = true;
  if (gone->running) leaving.insert(id);
  entries.erase(found);
  turns.remove(id);
  if (!gone->applyset_id.empty()) ids_of_set[gone->applyset_id].erase(id);
}

// The end of a step of somebody who was removed meanwhile.
void Puller::Impl::let_go(std::shared_ptr<Entry> entry, std::unique_lock<std::mutex>& lock) {
  const auto id = entry->wanted->id();
  lock.unlock();
  entry.reset();  // its target ends watches, which a successor's would be as well
  lock.lock();
  leaving.erase(id);
  const auto successor = entries.find(id);
  if (successor != entries.end()) wake(*successor->second);
}

// What a Delivery has to wait for before it may change anything; empty: nothing.
Result<std::string> Puller::Impl::blocked_by(const delivery::Delivery& delivery) const {
  if (delivery.depends_on.empty()) return std::string();
  SEALIFT_ASSIGN(auto status, delivery::check_dependencies(
                                  {delivery.name_space, delivery.name}, delivery.depends_on,
                                  {options.cross_namespace_dependencies},
                                  [this](const delivery::DeliveryName& name) {
                                    const auto found = entries.find(name.to_string());
                                    return found == entries.end() ? nullptr : &found->second->node;
                                  }));
  return std::move(status.reason);
}

void Puller::Impl::wake_dependents(const std::string& id) {
  for (const auto& [name, entry] : entries) {
    if (needs(*entry->wanted, id)) wake(*entry);
  }
}

// A Delivery that is new or different may be what others wait for, and may close a circle of those
// who wait. They are asked again, and not at the end of their time.
void Puller::Impl::wake_waiting(const delivery::Delivery& news) {
  for (const auto& [id, entry] : entries) {
    if (entry->wanted->depends_on.empty() || entry->node.ready) continue;
    const bool waits = entry->running || (entry->last && entry->last->waits_for_dependency);
    const bool may_close_circle = waits && !news.depends_on.empty();
    if (may_close_circle || needs(*entry->wanted, news.id())) wake(*entry);
  }
}

void Puller::Impl::step(const std::shared_ptr<Entry>& entry, std::unique_lock<std::mutex>& lock,
                        const std::stop_token& stop) {
  entry->running = true;
  entry->woken = false;
  ++running;
  if (std::exchange(entry->changed, false)) entry->run.replace(entry->wanted);
  if (std::exchange(entry->look_again, false)) entry->run.look_again();
  const auto blocked = blocked_by(*entry->wanted);
  const auto id = entry->wanted->id();
  lock.unlock();

  const auto logger = log.with({{"delivery", id}});
  const auto outcome = entry->run.step(environment, blocked, logger, stop);
  const auto now = environment.clock.steady_now();
  const bool news = !entry->last || is_news(*entry->last, outcome);

  lock.lock();
  after_step(*entry, outcome);
  if (has_ended(outcome)) {
    entry->next_run = due_after(*entry, outcome, now);
  }
  if (!entry->gone) {
    lock.unlock();
    tell(*entry, outcome, logger, news);
    lock.lock();
  }

  --running;
  entry->running = false;
  entry->last = outcome;
  if (entry->gone) return;
  if (has_ended(outcome) && once) {
    entry->done = true;
    turns.look_again();
    return;
  }
  if (outcome.go_on) {
    turns.add(id, now);
  } else if (outcome.kind == Kind::kWaiting) {
    // Another artifact may come that needs no waiting for.
    auto due = std::min(entry->run.deadline().value_or(now), now + entry->wanted->interval);
    if (outcome.look_again_in) due = std::min(due, now + *outcome.look_again_in);
    turns.add(id, due);
  } else {
    turns.add(id, entry->next_run);
  }
  if (entry->woken || entry->changed || entry->look_again) wake(*entry);
}

void Puller::Impl::after_step(Entry& entry, const RunOutcome& outcome) {
  const auto id = entry.wanted->id();
  const auto now = environment.clock.steady_now();
  entry.rest_until = now + kRestPerObject * entry.run.object_count();
  if (auto digests = entry.run.wanted_digests()) entry.digests = std::move(digests);
  const auto applyset_id = entry.run.applyset_id();
  if (applyset_id != entry.applyset_id && !entry.gone) {
    if (!entry.applyset_id.empty()) ids_of_set[entry.applyset_id].erase(id);
    entry.applyset_id = applyset_id;
    if (!applyset_id.empty()) ids_of_set[applyset_id].insert(id);
  }
  if (outcome.kind == Kind::kFailed || outcome.kind == Kind::kRefused) {
    ++entry.failures;
  } else if (has_ended(outcome)) {
    entry.failures = 0;
  }
  const bool was_ready = entry.node.ready;
  entry.node.ready = is_ready(entry.run.delivery(), outcome) && !entry.changed;
  if (entry.node.ready && (!was_ready || outcome.kind == Kind::kDelivered)) wake_dependents(id);
}

SteadyTime Puller::Impl::due_after(Entry& entry, const RunOutcome& outcome, SteadyTime now) {
  const auto chance = static_cast<unsigned char>(environment.random.bytes(1).front());
  return now + time_until_next_run(*entry.wanted, outcome, entry.failures, chance);
}

void Puller::Impl::tell(Entry& entry, const RunOutcome& outcome, const Logger& logger, bool news) {
  const auto& delivery = entry.run.delivery();
  if (news || (once && has_ended(outcome))) {
    log_outcome(logger, outcome, once ? News::kAll : News::kChangesAlone);
  }
  if (listener == nullptr) return;
  auto report = entry.run.report(outcome, environment.clock);
  if (has_ended(outcome)) {
    const auto wait = entry.next_run - environment.clock.steady_now();
    report.next_run = report.now + std::chrono::duration_cast<std::chrono::seconds>(wait);
  }
  listener->reported(delivery, report);
}

void Puller::Impl::work(std::stop_token stop) {
  std::unique_lock lock(mutex);
  const auto is_over = [this] { return once && all_done(); };
  while (const auto id = turns.take(lock, stop, is_over)) {
    const auto found = entries.find(*id);
    if (found == entries.end() || leaving.contains(*id)) continue;
    auto entry = found->second;
    if (entry->running) {
      entry->woken = true;
      continue;
    }
    const bool is_remote = !entry->wanted->kube_config.secret_name.empty();
    if (is_remote && !remote_turns.begin(*id)) continue;
    step(entry, lock, stop);
    if (is_remote) end_remote_turn(*id);
    if (entry->gone) let_go(std::move(entry), lock);
  }
}

void Puller::Impl::end_remote_turn(const std::string& id) {
  for (const auto& waiting : remote_turns.end(id)) {
    const auto found = entries.find(waiting);
    if (found != entries.end()) wake(*found->second);
  }
}

bool Puller::Impl::all_done() const {
  return std::all_of(entries.begin(), entries.end(),
                     [](const auto& entry) { return entry.second->done; });
}

void Puller::Impl::run_threads(std::stop_token stop) {
  std::vector<std::jthread> threads;
  try {
    for (std::size_t i = 1; i < std::max<std::size_t>(1, options.max_parallel); ++i) {
      threads.emplace_back([this, stop] { work(stop); });
    }
  } catch (const std::system_error& error) {
    log.warning("fewer threads than wished for",
                {{"threads", std::to_string(threads.size() + 1)}, {"reason", error.what()}});
  }
  work(std::move(stop));
}

Puller::Puller(const RunEnvironment& environment, DeliveryListener* listener, Logger log,
               const PullerOptions& options)
    : impl_(std::make_unique<Impl>(environment, listener, std::move(log), options)) {}

Puller::~Puller() = default;

void Puller::put(delivery::Delivery delivery) {
  impl_->put(std::make_shared<const delivery::Delivery>(std::move(delivery)));
}

void Puller::remove(const std::string& id) { impl_->remove(id); }

void Puller::wake(const std::string& id) {
  const std::scoped_lock lock(impl_->mutex);
  const auto found = impl_->entries.find(id);
  if (found != impl_->entries.end()) impl_->wake(*found->second);
}

void Puller::wake_set(const std::string& applyset_id) {
  const std::scoped_lock lock(impl_->mutex);
  const auto known = impl_->ids_of_set.find(applyset_id);
  if (known == impl_->ids_of_set.end()) return;
  for (const auto& id : known->second) {
    const auto found = impl_->entries.find(id);
    if (found != impl_->entries.end()) impl_->wake(*found->second);
  }
}

void Puller::wake_all() {
  const std::scoped_lock lock(impl_->mutex);
  for (const auto& [id, entry] : impl_->entries) impl_->wake(*entry);
}

void Puller::reconcile(const std::string& id) {
  const std::scoped_lock lock(impl_->mutex);
  const auto found = impl_->entries.find(id);
  if (found == impl_->entries.end()) return;
  found->second->look_again = true;
  found->second->rest_until = {};
  impl_->wake(*found->second);
}

std::vector<DeliveryOutcome> Puller::run_once(std::stop_token stop) {
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->once = true;
    for (const auto& [id, entry] : impl_->entries) {
      entry->done = false;
      impl_->wake(*entry);
    }
  }
  impl_->run_threads(std::move(stop));
  std::vector<DeliveryOutcome> outcomes;
  const std::scoped_lock lock(impl_->mutex);
  impl_->once = false;
  for (const auto& [id, entry] : impl_->entries) {
    if (!entry->done) {
      entry->last = interrupted(entry->last);
      log_outcome(impl_->log.with({{"delivery", id}}), *entry->last, News::kAll);
    }
    outcomes.push_back({id, *entry->last});
  }
  return outcomes;
}

void Puller::run(std::stop_token stop) { impl_->run_threads(std::move(stop)); }

// Of those that were never stepped the state tells, and that may be large.
bool Puller::Impl::read_unknown_digests() {
  std::vector<std::pair<std::string, std::shared_ptr<Entry>>> unknown;  // outlives the locks
  {
    const std::scoped_lock lock(mutex);
    for (const auto& [id, entry] : entries) {
      if (entry->digests) continue;
      if (entry->unreadable) return false;
      unknown.emplace_back(id, entry);
    }
  }
  for (const auto& [id, entry] : unknown) {
    const auto loaded = environment.states.load(id);
    if (!loaded) return false;
    const std::scoped_lock lock(mutex);
    entry->unreadable = !loaded->warning.empty();
    if (entry->unreadable) return false;
    if (!entry->digests) entry->digests = wanted_digests_of(loaded->state);
  }
  return true;
}

std::optional<std::vector<Digest>> Puller::wanted_digests() {
  if (!impl_->read_unknown_digests()) return std::nullopt;
  std::vector<Digest> all;
  const std::scoped_lock lock(impl_->mutex);
  for (const auto& [id, entry] : impl_->entries) {
    if (!entry->digests) return std::nullopt;  // it has just come
    all.insert(all.end(), entry->digests->begin(), entry->digests->end());
  }
  return all;
}

Puller::Counts Puller::counts() const {
  const std::scoped_lock lock(impl_->mutex);
  Counts counts{impl_->entries.size(), impl_->turns.ready(), impl_->running, 0};
  for (const auto& [id, entry] : impl_->entries) {
    if (entry->last && entry->last->kind == Kind::kWaiting) ++counts.waiting;
  }
  return counts;
}

}  // namespace sealift::puller
