#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/base/result.h>
#include <sealift/kube/api_client.h>

#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::kube {

struct LeaseOptions {
  std::string name_space;
  std::string name;
  // Who we are. Two processes that share one would both lead, so it must differ for each start of a
  // process: see lease_identity().
  std::string identity;
  // How long the others wait after they last saw the lease change. Whole seconds.
  std::chrono::seconds duration{10};
  // Without a renewal for this long we stop leading. What is left of `duration` is the time for the
  // writes under way to end.
  std::chrono::milliseconds renew_deadline{7'000};
  std::chrono::milliseconds renew_every{2'000};
  // How often a follower looks: a released lease is taken over after half of it, on average.
  std::chrono::milliseconds look_every{1'000};
};

// The pod's or host's name with random hexadecimal digits behind it.
std::string lease_identity(std::string_view host, Random& random);

// One leader among many processes by a coordination.k8s.io/v1 Lease. It needs get, create and patch
// on it.
//
// No two clocks are compared: a follower takes over when its own steady clock has counted the
// holder's duration since it last saw the lease change, so skewed and jumping wall clocks do no
// harm. The leader counts from before it sent its last successful renewal, so it knows of the end
// of its time before any follower does. Only a machine that stands still for seconds (a paused
// virtual machine) can act on a lease that is over, and only until its next renewal is refused.
class LeaderElector {
 public:
  // Does the leader's work; returns soon after its token is requested, when no write of it is under
  // way any more. Runs on a thread of its own, never twice at a time.
  using Lead = std::function<void(std::stop_token)>;

  // `on_overrun` is called where `lead` did not end although somebody else may have taken over:
  // such a process must not go on, so it should end the process. Options that contradict each other
  // are a programming error.
  LeaderElector(ApiClient client, LeaseOptions options, Logger log,
                std::function<void()> on_overrun);

  // Waits for the lease, leads, and waits again after it was lost, until `stop` is requested or
  // `lead` returns by itself. Then the lease is released: another may lead at once. What goes wrong
  // with the API server is logged and tried again.
  void run(const Lead& lead, std::stop_token stop);

  // Why the election could not be taken part in when it was last tried, as a sentence; empty where
  // it could. To be asked from any thread.
  std::string problem() const;

 private:
  struct Election;
  void note_problem(std::string problem);

  ApiClient client_;
  LeaseOptions options_;
  Logger log_;
  std::function<void()> on_overrun_;
  mutable std::mutex mutex_;
  std::string problem_ = "the API server has not answered yet";
};

}  // namespace sealift::kube
