#pragma once

#include <sealift/delivery/dependencies.h>
#include <sealift/puller/puller.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "remote_turns.h"
#include "step_turns.h"

namespace sealift::puller {

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
  void withdraw_remote_turn(const std::string& id);
  void offer_remote_turns();
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
  RemoteTurns remote_turns{options.max_parallel};
  bool once = false;
  std::size_t running = 0;
};

}  // namespace sealift::puller
