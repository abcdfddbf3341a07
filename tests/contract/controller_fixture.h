#pragma once

#include <sealift/base/random.h>
#include <sealift/controller/delivery_inventory.h>
#include <sealift/controller/resource_feed.h>

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/counting_proxy.h"
#include "support/result_matchers.h"
#include "support/test_cluster.h"

namespace sealift::controller {

// What the feed said, and what it says next.
class RecordingSink : public DeliverySink {
 public:
  void put(delivery::Delivery delivery) override;
  void remove(const std::string& id) override { note("remove " + id); }
  void set_policies(Policies policies) override;
  void wake(const std::string& id) override { note("wake " + id); }

  // Returns when it has said so `times` times.
  void wait_for(const std::string& call, std::size_t times = 1);
  std::vector<std::string> calls() const;
  std::optional<delivery::Delivery> delivery(const std::string& id) const;
  std::string problem() const;

 private:
  void note(std::string call);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> calls_;
  std::map<std::string, delivery::Delivery> deliveries_;
  std::string problem_;
};

// The controller's parts on the shared control plane, in a namespace of the case, through a proxy
// that counts.
class ControllerContract : public testing::Test {
 protected:
  ControllerContract();
  ~ControllerContract() override;

  // `spec`: of the Delivery "web", in YAML's flow style without the braces.
  void apply_delivery(const std::string& spec, const std::string& name = "web");
  std::string kubectl(std::vector<std::string> arguments, std::string standard_input = {});
  void start_feed(AccountRule accounts = {});
  // The status as the API server has it now.
  Json live(const std::string& name = "web");
  std::string ready_reason();

  // "PATCH metadata", "PATCH status", "POST event", … of what passed, in order.
  std::vector<std::string> writes();
  puller::DeliveryReport report_of(puller::RunOutcome::Kind kind, const std::string& content = "a");

  test::TestCluster& cluster_ = test::TestCluster::shared();
  std::string name_space_ = cluster_.make_namespace();
  test::CountingProxy proxy_;
  kube::ApiClient client_;
  DeliveryApi api_{client_};
  DeliveryRecords records_;
  RecordingSink sink_;
  StatusWriter statuses_;
  PolicyStatusWriter policy_statuses_;
  EventRecorder events_;
  roots::RootKeeper roots_{system_files(), ""};
  FinalizerRelease farewell_;
  std::unique_ptr<ResourceFeed> feed_;
};

}  // namespace sealift::controller
