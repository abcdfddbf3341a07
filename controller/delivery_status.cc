#include <sealift/base/encoding.h>
#include <sealift/controller/delivery_status.h>
#include <sealift/controller/verdict.h>

#include <algorithm>
#include <utility>

#include "conditions.h"
#include "delivery_history.h"
#include "status_values.h"

namespace sealift::controller {
namespace {

using Kind = puller::RunOutcome::Kind;

constexpr std::size_t kMaxNamed = 10;
constexpr std::size_t kMaxKinds = 100;
constexpr std::size_t kMaxSigners = 20;

Json artifact_json(const artifacts::ArtifactFacts& artifact) {
  Json json;
  set_text(json, "url", artifact.repository);
  set_text(json, "tag", artifact.tag);
  json.set("digest", artifact.digest.to_string());
  set_text(json, "revision", artifact.revision);
  set_text(json, "source", artifact.source);
  set_text(json, "created", artifact.created);
  if (artifact.sequence) json.set("sequence", *artifact.sequence);
  set_text(json, "policy", artifact.policy);
  if (artifact.signers.empty()) return json;
  Json signers = Json::array();
  for (std::size_t i = 0; i < std::min(artifact.signers.size(), kMaxSigners); ++i) {
    signers.push_back(bounded(artifact.signers[i]));
  }
  json.set("signers", std::move(signers));
  return json;
}

Json object_json(const objects::ObjectId& id) {
  Json json;
  set_text(json, "group", id.group);
  json.set("kind", bounded(id.kind));
  set_text(json, "namespace", id.name_space);
  json.set("name", bounded(id.name));
  return json;
}

void set_inventory(Json& status, const puller::DeliveryReport& report) {
  std::size_t objects = 0;
  Json kinds = Json::array();
  for (const auto& kind : report.kinds) {
    objects += kind.count;
    if (kinds.as_array()->size() == kMaxKinds) continue;
    Json entry;
    set_text(entry, "group", kind.kind.group);
    entry.set("kind", bounded(kind.kind.kind));
    entry.set("count", count_of(kind.count));
    entry.set("healthy", count_of(kind.healthy));
    kinds.push_back(std::move(entry));
  }
  Json inventory;
  inventory.set("objects", count_of(objects));
  inventory.set("kinds", std::move(kinds));
  status.set("inventory", std::move(inventory));
}

void set_unhealthy(Json& status, const puller::DeliveryReport& report) {
  status.erase("unhealthy");
  if (report.unhealthy.empty()) return;
  Json list = Json::array();
  for (std::size_t i = 0; i < std::min(report.unhealthy.size(), kMaxNamed); ++i) {
    const auto& object = report.unhealthy[i];
    auto entry = object_json(object.id);
    entry.set("health", objects::to_string(object.health.health));
    set_text(entry, "reason", object.health.reason);
    list.push_back(std::move(entry));
  }
  status.set("unhealthy", std::move(list));
}

void set_drift(Json& status, const puller::DeliveryReport& report) {
  status.erase("drift");
  if (report.outcome.drifted == 0) return;
  Json objects = Json::array();
  for (std::size_t i = 0; i < std::min(report.drifted.size(), kMaxNamed); ++i) {
    objects.push_back(object_json(report.drifted[i]));
  }
  Json drift;
  drift.set("count", count_of(report.outcome.drifted));
  drift.set("objects", std::move(objects));
  status.set("drift", std::move(drift));
}

std::string_view to_text(Verdict::Ready ready) {
  switch (ready) {
    case Verdict::Ready::kTrue:
      return "True";
    case Verdict::Ready::kFalse:
      return "False";
    case Verdict::Ready::kUnknown:
      break;
  }
  return "Unknown";
}

void set_conditions(Json& status, const Verdict& verdict, std::int64_t generation, Timestamp now) {
  set_condition(status, {"Ready", to_text(verdict.ready), verdict.reason, verdict.message},
                generation, now);
  // As kstatus has it, these are there only while they are true.
  if (verdict.reconciling) {
    set_condition(status, {"Reconciling", "True", verdict.reason, verdict.message}, generation,
                  now);
  } else {
    remove_condition(status, "Reconciling");
  }
  if (verdict.stalled) {
    set_condition(status, {"Stalled", "True", verdict.reason, verdict.message}, generation, now);
  } else {
    remove_condition(status, "Stalled");
  }
  if (!verdict.registry_away.empty()) {
    set_condition(status, {"RegistryAway", "True", "Unavailable", verdict.registry_away},
                  generation, now);
  } else {
    remove_condition(status, "RegistryAway");
  }
}

void set_handled(Json& status, const std::string& request) {
  set_text(status, "lastHandledReconcileAt", request);
}

// What was last seen stays true of a Delivery that nobody looks at.
Verdict suspended(const Json& status) {
  Verdict verdict;
  const auto* ready = find_condition(status, "Ready");
  const auto before = ready ? ready->string_at({"status"}) : std::string_view();
  if (before == "True") verdict.ready = Verdict::Ready::kTrue;
  if (before == "False") verdict.ready = Verdict::Ready::kFalse;
  verdict.reason = "Suspended";
  verdict.message = "spec.suspend is true: nothing is delivered or corrected";
  return verdict;
}

bool observed(const Json& status, std::int64_t generation) {
  const auto* before = status.find("observedGeneration");
  return before && before->as_int64() == generation;
}

Json without_plans(Json status) {
  status.erase("nextRun");
  return status;
}

std::optional<Json> if_new(const Json& previous, Json next) {
  if (without_plans(previous) == without_plans(next)) return std::nullopt;
  return next;
}

void set_objects(Json& status, const puller::DeliveryReport& report) {
  // A run that has not come to a comparison yet, of a puller that knows of none, says nothing.
  if (!is_good(report.outcome.kind) && report.kinds.empty()) return;
  set_inventory(status, report);
  set_unhealthy(status, report);
  set_drift(status, report);
}

}  // namespace

std::optional<Json> status_of(const Json& previous, const delivery::Delivery& delivery,
                              const puller::DeliveryReport& report) {
  const auto kind = report.outcome.kind;
  if (kind == Kind::kRemoved) return std::nullopt;
  Json next = previous;
  const auto verdict =
      kind == Kind::kSuspended ? suspended(previous) : verdict_of(delivery, report);
  if (report.artifact) next.set("artifact", artifact_json(*report.artifact));
  set_objects(next, report);
  if (kind != Kind::kWaiting && kind != Kind::kSuspended) {
    add_history(next, report, verdict, observed(previous, delivery.generation));
  }
  if (is_good(kind) || kind == Kind::kSuspended) {
    next.erase("stage");
  } else {
    next.set("stage", puller::to_string(report.outcome.stage));
  }
  set_conditions(next, verdict, delivery.generation, report.now);
  next.set("observedGeneration", delivery.generation);
  if (kind != Kind::kWaiting || report.outcome.waits_for_dependency) {
    set_handled(next, delivery.requested_at);
  }
  if (report.next_run) {
    next.set("nextRun", format_timestamp(*report.next_run));
  } else {
    next.erase("nextRun");
  }
  return if_new(previous, std::move(next));
}

std::optional<Json> accepted_status(const Json& previous, const delivery::Delivery& delivery,
                                    const target::Acceptance& acceptance, Timestamp now) {
  Json accepted;
  accepted.set("digest", acceptance.digest.to_string());
  if (acceptance.newest) accepted.set("newestDigest", acceptance.newest->to_string());
  accepted.set("sequence", acceptance.sequence);
  accepted.set("repository", delivery.artifact.repository.name());
  accepted.set("writer", acceptance.writer);
  const auto* before = previous.find("accepted");
  if (before && *before == accepted) return std::nullopt;
  Json next = previous;
  next.set("accepted", std::move(accepted));
  Verdict verdict;
  verdict.reason = "Progressing";
  verdict.message = acceptance.digest.to_string() + " was accepted and is being applied";
  verdict.reconciling = true;
  set_conditions(next, verdict, delivery.generation, now);
  next.set("observedGeneration", delivery.generation);
  next.set("stage", puller::to_string(puller::RunStage::kApply));
  return next;
}

std::optional<Json> status_of(const Json& previous, const NotRun& why, Timestamp now) {
  Json next = previous;
  Verdict verdict;
  verdict.ready = Verdict::Ready::kFalse;
  verdict.reason = why.reason;
  verdict.message = printable(why.message, kMaxMessageBytes - 3);
  verdict.stalled = true;
  set_conditions(next, verdict, why.generation, now);
  next.set("observedGeneration", why.generation);
  set_handled(next, why.requested_at);
  next.erase("nextRun");
  next.erase("stage");
  return if_new(previous, std::move(next));
}

Result<target::TargetMemory> accepted_in(const Json& status, std::string_view where) {
  const auto* accepted = status.find("accepted");
  if (!accepted || accepted->is_null()) return target::TargetMemory();
  const auto unknown = [&](std::string_view member) {
    return fail(ErrorCode::kInvalidInput,
                std::string(where) + ": status.accepted." + std::string(member) +
                    " cannot be read; what was accepted before is unknown, so nothing new is "
                    "accepted. Set it to what the record of decisions says");
  };
  auto digest = Digest::parse(accepted->string_at({"digest"}));
  if (!digest) return unknown("digest");
  const auto* sequence = accepted->find("sequence");
  const auto number = sequence ? sequence->as_int64() : std::nullopt;
  if (!number) return unknown("sequence");
  target::TargetMemory memory{*std::move(digest), *number,
                              std::string(accepted->string_at({"repository"}))};
  if (accepted->find("newestDigest")) {
    auto newest = Digest::parse(accepted->string_at({"newestDigest"}));
    if (!newest) return unknown("newestDigest");
    memory.newest = *std::move(newest);
  }
  memory.writer = accepted->string_at({"writer"});
  recall_outcomes(status, memory);
  return memory;
}

bool is_urgent(const Json& previous, const Json& next) {
  for (const auto* member : {"observedGeneration", "lastHandledReconcileAt", "history", "artifact",
                             "accepted", "drift"}) {
    const auto* before = previous.find(member);
    const auto* after = next.find(member);
    if ((before == nullptr) != (after == nullptr)) return true;
    if (before && !(*before == *after)) return true;
  }
  for (const auto* type : {"Ready", "Stalled"}) {
    const auto* before = find_condition(previous, type);
    const auto* after = find_condition(next, type);
    if ((before == nullptr) != (after == nullptr)) return true;
    if (before && (before->string_at({"status"}) != after->string_at({"status"}) ||
                   before->string_at({"reason"}) != after->string_at({"reason"}))) {
      return true;
    }
  }
  return false;
}

}  // namespace sealift::controller
