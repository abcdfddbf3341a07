#pragma once

#include <sealift/base/result.h>

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "fair_schedule.h"

namespace sealift::artifacts {

// Runs pieces of work that may take long on a few threads of its own, in the order of a
// FairSchedule. Threads start when there is work and end when there is none, so that a puller at
// rest has none of them. Safe from many threads.
class RequestQueue {
 public:
  struct Limits {
    std::size_t threads;
    FairSchedule::Limits schedule;
  };
  // Must not throw. The token says that the queue is being stopped.
  using Work = std::function<void(std::stop_token)>;

  explicit RequestQueue(Limits limits) : limits_(limits), schedule_(limits.schedule) {}
  ~RequestQueue() { stop(); }
  RequestQueue(const RequestQueue&) = delete;
  RequestQueue& operator=(const RequestQueue&) = delete;

  // `name` is for join(), and must not be waiting already. kUnavailable where the machine has no
  // thread to give and none is at work here; kCancelled after stop(). The work is not kept then.
  Result<> add(std::string name, std::string lane, std::string owner, Work work);
  // What waits under that name is wanted by one more owner.
  void join(const std::string& name, const std::string& owner);
  // Drops what waits, asks what is under way to stop, and returns when it has.
  void stop();

 private:
  struct Waiting {
    std::string name;
    Work work;
  };

  void work();
  Result<> start_thread();
  void join_ended(std::unique_lock<std::mutex>& lock);

  Limits limits_;
  std::stop_source stop_;
  std::mutex mutex_;
  FairSchedule schedule_;
  std::map<FairSchedule::Ticket, Waiting> waiting_;
  std::map<std::string, FairSchedule::Ticket> names_;  // of what waits
  std::map<std::thread::id, std::thread> threads_;     // at work
  std::vector<std::thread> ended_;                     // and not joined yet
  bool stopped_ = false;
};

}  // namespace sealift::artifacts
