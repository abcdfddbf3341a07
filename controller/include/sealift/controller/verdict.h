#pragma once

#include <sealift/delivery/delivery.h>
#include <sealift/puller/delivery_report.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace sealift::controller {

inline constexpr std::size_t kMaxMessageBytes = 4096;

// What a report comes to in the words of Kubernetes conditions (kstatus, "Conditions"): for status
// and events alike.
struct Verdict {
  enum class Ready { kTrue, kFalse, kUnknown };
  Ready ready = Ready::kUnknown;
  std::string_view reason;  // "Delivered", "Refused", …: docs/formats/delivery.md lists them
  std::string message;      // at most kMaxMessageBytes; the same for the same state of things
  bool reconciling = false;
  // Trying again does not help: somebody has to change something.
  bool stalled = false;
  bool warning = false;  // worth a warning event
  // Of what was accepted before: why the registry could not be asked for a newer artifact.
  std::string registry_away;
};

// Pure. Not for kSuspended and kRemoved, which say nothing about the objects.
Verdict verdict_of(const delivery::Delivery& delivery, const puller::DeliveryReport& report);

}  // namespace sealift::controller
