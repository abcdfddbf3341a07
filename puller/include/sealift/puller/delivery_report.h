#pragma once

#include <sealift/artifacts/artifact_facts.h>
#include <sealift/base/clock.h>
#include <sealift/delivery/delivery.h>
#include <sealift/members/member_health.h>
#include <sealift/objects/object.h>
#include <sealift/puller/run_outcome.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sealift::puller {

// What one step of a Delivery's run came to: for its status, events, metrics and notifications.
struct DeliveryReport {
  RunOutcome outcome;
  std::optional<artifacts::ArtifactFacts> artifact;  // the newest that was accepted
  // Of what is wanted, and what drifted and is left (detect) with it, there or not.
  std::vector<members::KindCount> kinds;
  std::vector<members::UnhealthyObject> unhealthy;  // at most 10
  std::size_t unhealthy_count = 0;
  std::vector<objects::ObjectId> drifted;  // and left so; at most 10
  Timestamp run_began{};
  Timestamp now{};
  std::chrono::milliseconds run_took{0};  // until now, by a clock that does not jump
  std::optional<Timestamp> next_run;
  std::string trace_id;  // of the run, as in its log lines: 32 hexadecimal digits
};

// Hears of every step that told something new, in the order of one Delivery's steps, on the thread
// that made the step. Called for different Deliveries at the same time.
class DeliveryListener {
 public:
  virtual ~DeliveryListener() = default;
  virtual void reported(const delivery::Delivery& delivery, const DeliveryReport& report) = 0;
};

}  // namespace sealift::puller
