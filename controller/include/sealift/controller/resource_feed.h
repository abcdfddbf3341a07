#pragma once

#include <sealift/base/log.h>
#include <sealift/controller/account_rule.h>
#include <sealift/controller/delivery_record.h>
#include <sealift/controller/delivery_sink.h>
#include <sealift/controller/event_recorder.h>
#include <sealift/controller/finalizer_release.h>
#include <sealift/controller/policy_status_writer.h>
#include <sealift/controller/status_writer.h>
#include <sealift/kube/api_client.h>
#include <sealift/roots/root_keeper.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sealift::controller {

struct FeedScope {
  std::vector<std::string> name_spaces;  // empty: the whole cluster
  std::string label_selector;            // of Deliveries: this shard
};

// Tells a sink what the cluster's Deliveries and TrustPolicies say, by one watch for each namespace
// and one for the policies, each on a thread of its own. Nothing is told before all of them have
// told everything once, so that no Delivery is judged by half of the policies. A Delivery is told
// again when its RunTrigger changes, and woken when somebody takes off what marks it as the owner
// of its objects: what the puller itself writes wakes nobody. One that is not valid, or has no
// account to act as, is not run, and its status and an event say why. The status of each
// TrustPolicy says whether it is in force, and whether it can believe its root; trust folders are
// looked at again from time to time.
//
// A watch that is refused (no permission, no definitions yet) is tried again with back-off;
// state() says what is missing.
class ResourceFeed {
 public:
  struct Parts {
    DeliveryRecords& records;
    DeliverySink& sink;
    StatusWriter& statuses;
    PolicyStatusWriter& policy_statuses;
    FinalizerRelease& farewell;
    EventRecorder& events;
    roots::RootKeeper& roots;
  };

  // `client`: the puller's identity. Everything in `parts` must outlive the feed. Nothing is
  // watched before start().
  ResourceFeed(kube::ApiClient client, FeedScope scope, AccountRule accounts, Parts parts,
               Logger log);
  // Stops watching; no call of the sink comes after it.
  ~ResourceFeed();

  // Once, by a replica that has come to lead: judging Deliveries writes statuses.
  void start();

  struct State {
    bool synced = false;         // the sink knows everything, or knew it once
    bool policies_valid = true;  // otherwise an older set is in force
    std::size_t policies = 0;
    std::size_t deliveries = 0;
    std::size_t not_run = 0;            // invalid, or without an account
    std::vector<std::string> problems;  // of watches that do not work at the moment
  };
  State state() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sealift::controller
