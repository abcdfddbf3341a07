#pragma once

#include <sealift/base/log.h>
#include <sealift/puller/delivery_run.h>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::puller {

struct DeliveryOutcome {
  std::string delivery;  // "NAMESPACE/NAME"
  RunOutcome outcome;
};

// How long after a run that ended the next one begins: the interval where it went well, otherwise
// the retry interval, doubled with each further failure up to the interval (where that is longer);
// later where a server asked for it, but no more than an hour for that. Up to a tenth is added by
// `chance`, so that a fleet started at once spreads out. `failures` in a row, this one included.
std::chrono::milliseconds time_until_next_run(const delivery::Delivery& delivery,
                                              const RunOutcome& outcome, unsigned failures,
                                              unsigned char chance);

struct PullerOptions {
  std::size_t max_parallel = 8;  // steps at a time, and threads
  // Deliveries may depend on those of other namespaces without those saying so.
  bool cross_namespace_dependencies = false;
};

// Steps Deliveries when there is something to do: their time has come, their spec or a policy
// changed, an artifact came, an object drifted or became healthy, somebody asked. Namespaces take
// turns, and a Delivery that waits holds no thread, so a broken one slows no other. Safe from many
// threads.
class Puller {
 public:
  // `environment`, `listener` (may be null) must outlive the puller.
  Puller(const RunEnvironment& environment, DeliveryListener* listener, Logger log,
         const PullerOptions& options = {});
  ~Puller();

  // A new Delivery, or another spec of one. It runs at once, and where its `requested_at` is
  // another one than before it asks the registry again, as for reconcile().
  void put(delivery::Delivery delivery);
  // Forgets it and leaves its objects alone (a Delivery whose objects have to go is put with
  // `deleting`).
  void remove(const std::string& id);
  // Steps it soon. Unknown names are nobody's.
  void wake(const std::string& id);
  // The Delivery whose target announces its changes under this ID.
  void wake_set(const std::string& applyset_id);
  // Steps all of them: a policy changed.
  void wake_all();
  // Begins a new run that asks the registry again.
  void reconcile(const std::string& id);

  // Each Delivery until its run has ended, once. In the order of their names.
  std::vector<DeliveryOutcome> run_once(std::stop_token stop);
  // Until stopped; steps under way are finished or cut off, and all threads have ended then.
  void run(std::stop_token stop);

  // Digests that the cache has to keep; nullopt where a state cannot be read.
  std::optional<std::vector<Digest>> wanted_digests();

  struct Counts {
    std::size_t deliveries = 0;
    std::size_t queued = 0;  // to be stepped as soon as a thread is free
    std::size_t running = 0;
    std::size_t waiting = 0;  // within a run, for something to come
  };
  Counts counts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::puller
