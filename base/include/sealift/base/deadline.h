#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/small_thread.h>

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>

namespace sealift {

// Keeps the time for any number of deadlines, on one thread, which begins with the first of them.
// Safe from many threads.
class DeadlineTimer {
 public:
  // `clock` must outlive the timer.
  explicit DeadlineTimer(Clock& clock) : clock_(clock) {}
  // No deadline of it may be left.
  ~DeadlineTimer();
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;

 private:
  friend class Deadline;
  struct Entry;
  using Entries = std::multimap<SteadyTime, std::shared_ptr<Entry>>;

  void add(std::shared_ptr<Entry> entry);
  void remove(const Entry& entry);
  void run();
  Entries::node_type take_due();

  Clock& clock_;
  std::mutex mutex_;
  Entries entries_;
  bool running_ = false;
  bool stopping_ = false;
  SteadyTime sleeps_until_{};
  std::stop_source wake_;  // of the sleep that goes on
  SmallThread thread_;
};

// A stop token that is requested when time runs out, or when an outer one is.
class Deadline {
 public:
  // Where the system has no thread for the timer, the outer token alone counts.
  Deadline(DeadlineTimer& timer, SteadyTime end, std::stop_token outer);
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  std::stop_token token() const;
  // True once the time ran out, as opposed to the outer token.
  bool expired() const;

 private:
  struct Forward {
    std::stop_source source;
    void operator()() { source.request_stop(); }
  };
  DeadlineTimer& timer_;
  std::shared_ptr<DeadlineTimer::Entry> entry_;
  std::stop_callback<Forward> outer_;
};

}  // namespace sealift
