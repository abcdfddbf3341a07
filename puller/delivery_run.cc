#include <sealift/puller/delivery_run.h>

#include <algorithm>

#include "delivery_memory.h"
#include "run_step.h"

namespace sealift::puller {
namespace {

// Both in the order of kinds.
void add(std::vector<members::KindCount>& kinds, const members::KindCount& more) {
  const auto at =
      std::lower_bound(kinds.begin(), kinds.end(), more.kind,
                       [](const auto& entry, const auto& wanted) { return entry.kind < wanted; });
  if (at == kinds.end() || at->kind != more.kind) {
    kinds.insert(at, more);
  } else {
    at->count += more.count;
    at->healthy += more.healthy;
  }
}

void add(DeliveryReport& report, const members::MemberHealth& health) {
  for (const auto& kind : health.kinds) add(report.kinds, kind);
  for (const auto& object : health.unhealthy) {
    if (report.unhealthy.size() == members::MemberHealth::kMaxNamed) break;
    report.unhealthy.push_back(object);
  }
  report.unhealthy_count += health.unhealthy_count;
}

}  // namespace

DeliveryRun::DeliveryRun(std::shared_ptr<const delivery::Delivery> delivery)
    : memory_(std::make_unique<DeliveryMemory>()) {
  memory_->delivery = std::move(delivery);
}

DeliveryRun::~DeliveryRun() = default;

const delivery::Delivery& DeliveryRun::delivery() const { return *memory_->delivery; }

void DeliveryRun::replace(std::shared_ptr<const delivery::Delivery> delivery) {
  memory_->run.reset();
  memory_->settled.reset();
  // It refers to the Delivery of before.
  memory_->target.reset();
  memory_->delivery = std::move(delivery);
}

void DeliveryRun::look_again() { memory_->look_again = true; }

RunOutcome DeliveryRun::step(const RunEnvironment& environment,
                             const Result<std::string>& blocked_by, const Logger& log,
                             std::stop_token stop) {
  return RunStep(*memory_, environment, blocked_by, log, std::move(stop)).execute();
}

DeliveryReport DeliveryRun::report(const RunOutcome& outcome, Clock& clock) const {
  DeliveryReport report;
  report.outcome = outcome;
  if (memory_->facts) {
    report.artifact = *memory_->facts;
    report.artifact->tag = memory_->facts_tag;
  }
  add(report, memory_->health);
  add(report, memory_->drift.health);
  report.drifted = memory_->drift.named;
  report.run_began = memory_->last_began_at;
  report.now = clock.now();
  report.run_took = std::chrono::duration_cast<std::chrono::milliseconds>(clock.steady_now() -
                                                                          memory_->last_began);
  report.trace_id = memory_->last_trace_id;
  return report;
}

std::optional<SteadyTime> DeliveryRun::deadline() const {
  if (!memory_->run) return std::nullopt;
  return memory_->run->began + memory_->delivery->timeout;
}

std::string DeliveryRun::applyset_id() const {
  return memory_->target ? memory_->target->applyset_id() : std::string();
}

std::size_t DeliveryRun::object_count() const { return memory_->state.objects.size(); }

std::vector<Digest> wanted_digests_of(const target::DeliveryState& state) {
  std::vector<Digest> digests;
  if (state.accepted_digest) digests.push_back(*state.accepted_digest);
  if (state.last_healthy_digest) digests.push_back(*state.last_healthy_digest);
  return digests;
}

std::optional<std::vector<Digest>> DeliveryRun::wanted_digests() const {
  if (!memory_->loaded) return std::nullopt;
  return wanted_digests_of(memory_->state);
}

}  // namespace sealift::puller
