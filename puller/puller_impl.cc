#include "puller_impl.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>

#include "outcome_log.h"

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
  const auto asked_before = entry ? entry->wanted->requested_at : std::string();
  const bool is_asked = !delivery->requested_at.empty() && delivery->requested_at != asked_before;
  if (!entry) {
    entry = std::make_shared<Entry>(std::move(delivery));
  } else {
    entry->wanted = std::move(delivery);
    entry->changed = true;
    entry->node = {entry->wanted->depends_on, entry->wanted->allowed_dependents, false};
    entry->failures = 0;
    entry->rest_until = {};
  }
  // Under the same lock: the run that has this request as its own is the one that looks again.
  if (is_asked) entry->look_again = true;
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
  withdraw_remote_turn(id);
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
    // What its members told before this was about nobody that is known.
    entry.woken = entry.woken || outcome.kind == Kind::kWaiting;
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
    if (!is_remote) withdraw_remote_turn(*id);  // it may have been remote
    if (is_remote && !remote_turns.begin(*id)) continue;
    step(entry, lock, stop);
    if (is_remote) {
      remote_turns.end(*id);
      offer_remote_turns();
    }
    if (entry->gone) let_go(std::move(entry), lock);
  }
}

void Puller::Impl::withdraw_remote_turn(const std::string& id) {
  remote_turns.withdraw(id);
  offer_remote_turns();
}

void Puller::Impl::offer_remote_turns() {
  while (const auto waiting = remote_turns.next()) wake(*entries.at(*waiting));
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

}  // namespace sealift::puller
