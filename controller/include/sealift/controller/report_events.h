#pragma once

#include <sealift/controller/event_recorder.h>
#include <sealift/puller/delivery_report.h>

#include <optional>
#include <string>

namespace sealift::controller {

enum class EventLevel { kWarnings, kAll };  // --events

// The Event that a report is worth; nullopt where it is worth none. Pure. Warnings are what an
// operator has to know; kAll adds deliveries and removals, a request for each.
std::optional<Event> event_of(const delivery::Delivery& delivery,
                              const puller::DeliveryReport& report, EventLevel level);

// Of what LeftBehind tells.
Event cluster_changed_event(const delivery::Delivery& delivery, const std::string& note);

class ReportEvents : public puller::DeliveryListener {
 public:
  // `recorder` must outlive it.
  ReportEvents(EventRecorder& recorder, EventLevel level) : recorder_(recorder), level_(level) {}
  void reported(const delivery::Delivery& delivery, const puller::DeliveryReport& report) override {
    if (auto event = event_of(delivery, report, level_)) recorder_.record(*std::move(event));
  }

 private:
  EventRecorder& recorder_;
  EventLevel level_;
};

}  // namespace sealift::controller
