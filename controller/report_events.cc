#include <sealift/controller/delivery_resource.h>
#include <sealift/controller/report_events.h>
#include <sealift/controller/verdict.h>

#include <string>
#include <utility>

namespace sealift::controller {
namespace {

using Kind = puller::RunOutcome::Kind;

Event about(const delivery::Delivery& delivery, Event::Type type, std::string_view reason,
            std::string note) {
  return {{deliveries().gvk, delivery.name_space, delivery.name, delivery.uid},
          type,
          std::string(reason),
          delivery.deleting ? "Remove" : "Deliver",
          std::move(note)};
}

std::string removal_note(const puller::RunOutcome& outcome) {
  auto note = std::to_string(outcome.pruned) +
              (outcome.pruned == 1 ? " object was removed" : " objects were removed");
  if (outcome.let_go > 0) {
    note += ", " + std::to_string(outcome.let_go) +
            (outcome.let_go == 1 ? " was let go and stays" : " were let go and stay");
  }
  return note;
}

}  // namespace

std::optional<Event> event_of(const delivery::Delivery& delivery,
                              const puller::DeliveryReport& report, EventLevel level) {
  const auto kind = report.outcome.kind;
  if (kind == Kind::kSuspended) return std::nullopt;
  if (kind == Kind::kRemoved) {
    if (level != EventLevel::kAll) return std::nullopt;
    return about(delivery, Event::Type::kNormal, "Removed", removal_note(report.outcome));
  }
  auto verdict = verdict_of(delivery, report);
  if (verdict.warning) {
    const auto reason = verdict.ready != Verdict::Ready::kTrue ? verdict.reason
                        : report.outcome.registry_away         ? "RegistryAway"
                                                               : "Drifted";
    return about(delivery, Event::Type::kWarning, reason, std::move(verdict.message));
  }
  if (kind != Kind::kDelivered || level != EventLevel::kAll) return std::nullopt;
  return about(delivery, Event::Type::kNormal, verdict.reason, std::move(verdict.message));
}

Event cluster_changed_event(const delivery::Delivery& delivery, const std::string& note) {
  return about(delivery, Event::Type::kWarning, "ClusterChanged", note);
}

}  // namespace sealift::controller
