#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/controller/policy_verdict.h>
#include <sealift/kube/api_client.h>

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::controller {

// Writes what became of each TrustPolicy into its status, on a thread of its own: one request where
// that says something new and none where it does not. A write that failed is tried again with
// back-off. What somebody else writes there is left until there is something new to say: several
// pullers may follow the same policies, and two that differ must not write in turns. Safe from many
// threads.
class PolicyStatusWriter {
 public:
  // `client`: the puller's identity. The references must outlive the writer.
  PolicyStatusWriter(kube::ApiClient client, Clock& clock, Random& random, Logger log);
  ~PolicyStatusWriter();

  // What the watch says.
  void observed(const Json& policy);
  // The watch begins anew, perhaps with an older state: a backup.
  void forget_versions();

  // Of all policies that there are; those that were observed and are not among them have gone.
  void judged(std::vector<PolicyVerdict> verdicts);

  // Returns when nothing waits that was not refused before, or when stopped.
  void drain(std::stop_token stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::controller
