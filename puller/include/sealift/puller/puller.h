#pragma once

#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/puller/delivery_run.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::puller {

struct DeliveryOutcome {
  std::string delivery;  // "NAMESPACE/NAME"
  RunOutcome outcome;
};

// After a run that went well the interval, otherwise the retry interval, or later where a server
// asked for it, but no more than an hour for that. Up to a tenth is added by `chance`, so that a
// fleet started at once spreads out.
std::chrono::milliseconds time_until_next_run(const Delivery& delivery, const RunOutcome& outcome,
                                              unsigned char chance);

// Runs the Deliveries of one configuration, several at a time and each after its own interval, so
// that a broken one slows no other. A run that failed is repeated after the retry interval, or
// later where a server asked for it.
class Puller {
 public:
  // `environment`, the configuration in it, and `random` must outlive the puller.
  Puller(const RunEnvironment& environment, Random& random, Logger log,
         std::size_t max_parallel = 8);

  // Each Delivery once, in parallel.
  std::vector<DeliveryOutcome> run_once(std::stop_token stop);
  // Until stopped.
  void run(std::stop_token stop);

 private:
  struct Entry {
    const Delivery* delivery;
    SteadyTime due;
    bool running = false;
  };

  RunOutcome run_one(const Delivery& delivery, std::stop_token stop);
  void work(std::stop_token stop);
  Entry* next_entry();
  SteadyTime next_due(const Delivery& delivery, const RunOutcome& outcome);
  void tidy_cache();

  const RunEnvironment& environment_;
  Random& random_;
  Logger log_;
  std::size_t max_parallel_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Entry> entries_;
  bool once_ = false;
  std::size_t running_ = 0;
  bool tidying_ = false;
  bool cache_used_ = true;  // a run has fetched something since the last tidying
};

}  // namespace sealift::puller
