#pragma once

#include <sealift/delivery/delivery.h>
#include <sealift/signing/trust_policy.h>

#include <string>
#include <vector>

namespace sealift::controller {

// All TrustPolicies that are in force.
struct Policies {
  std::vector<signing::TrustPolicy> policies;
  // Not empty where a newer set exists and cannot be put in force: which policy is wrong, and how.
  // A refusal should say so, since it may come from that.
  std::string problem;
};

// Who runs what the cluster says. The calls about one Delivery come in the order of its changes;
// they come with locks of the feed held, so they must be quick and must not call back.
class DeliverySink {
 public:
  virtual ~DeliverySink() = default;
  // A new Delivery, or one of which something changed that a run must know: its spec, a request,
  // its deletion. Not before set_policies() was called once.
  virtual void put(delivery::Delivery delivery) = 0;
  // It is gone, in another shard by now, or no longer valid: nothing of it is run any more, and
  // live objects stay as they are.
  virtual void remove(const std::string& id) = 0;
  virtual void set_policies(Policies policies) = 0;
  // Something that the Delivery waits for has come.
  virtual void wake(const std::string& id) = 0;
};

}  // namespace sealift::controller
