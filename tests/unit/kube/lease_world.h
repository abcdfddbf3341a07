#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/random.h>
#include <sealift/kube/lease.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "fake_cluster.h"
#include "support/fake_transport.h"

namespace sealift::test {

// Time that moves only while every thread that ever waited for it waits again, or has ended.
class SteppedClock : public Clock {
 public:
  Timestamp now() override;
  SteadyTime steady_now() override;
  void sleep_until(SteadyTime time, std::stop_token stop) override;

  // A thread will start: time stands still until it says join().
  void expect_thread();
  // This thread counts from now on, until it ends.
  void join();
  // Moves on in small steps, each when all wait, until `done` or that much time has passed.
  bool run_until(const std::function<bool()>& done, std::chrono::milliseconds at_most);
  void run_for(std::chrono::milliseconds time);
  std::chrono::milliseconds elapsed();
  // From now on the wall clock is off by that much.
  void jump_wall(std::chrono::hours by);

 private:
  struct Sleeper {
    SteadyTime until;
    std::stop_token stop;
  };
  struct Membership {
    SteppedClock* clock = nullptr;
    ~Membership();
  };
  static thread_local Membership membership;
  bool all_wait() const;
  void count_this_thread();

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::chrono::milliseconds elapsed_{0};
  std::chrono::hours wall_offset_{0};
  std::vector<std::thread::id> threads_;
  int expected_ = 0;
  std::multimap<std::thread::id, Sleeper> sleepers_;
};

// An API server that has one Lease, and can misbehave towards one candidate or all of them.
class LeaseServer {
 public:
  explicit LeaseServer(SteppedClock& clock) : clock_(clock) {}

  enum class Mood { kServes, kFails, kHangs, kForbids, kLosesAnswers };
  // `token`: the bearer token of the candidate it is about.
  void behave(const std::string& token, Mood mood);
  void put(Json spec);
  void edit(const std::function<void(Json& lease)>& change);
  void remove();
  std::optional<Json> lease();
  std::string holder();
  std::size_t writes();

  FakeAnswer answer(const SeenRequest& request);

 private:
  FakeAnswer serve(const SeenRequest& request);
  FakeAnswer write(const Json& body);
  void store(Json lease);

  SteppedClock& clock_;
  std::mutex mutex_;
  std::map<std::string, Mood> moods_;
  std::optional<Json> lease_;
  std::int64_t version_ = 0;
  std::size_t writes_ = 0;
};

// One process that wants to lead.
class Candidate {
 public:
  Candidate(std::string name, LeaseServer& server, SteppedClock& clock);
  ~Candidate();

  void start();
  void stop() { source_.request_stop(); }
  bool leads() const { return leads_; }
  bool has_ended() const { return ended_; }
  int overruns() const { return overruns_; }
  std::string problem() const { return elector_.problem(); }
  std::chrono::milliseconds led_at() const { return led_at_.load(); }
  std::chrono::milliseconds told_to_stop_at() const { return told_at_.load(); }
  // The leader's work goes on for that long after it was told to stop.
  void linger(std::chrono::milliseconds time) { linger_ = time; }
  // The leader's work ends by itself.
  void finish() { finished_.request_stop(); }

  static std::atomic<int>& leaders_now();
  static std::atomic<int>& most_leaders();

 private:
  void lead(std::stop_token stop);

  SteppedClock& clock_;
  FakeTransport transport_;
  kube::LeaderElector elector_;
  std::stop_source source_;
  std::stop_source finished_;
  std::stop_source killed_;  // as an overrun ends the process
  std::chrono::milliseconds linger_{0};
  std::atomic<bool> leads_{false};
  std::atomic<bool> ended_{false};
  std::atomic<int> overruns_{0};
  std::atomic<std::chrono::milliseconds> led_at_{};
  std::atomic<std::chrono::milliseconds> told_at_{};
  std::jthread thread_;
};

}  // namespace sealift::test
