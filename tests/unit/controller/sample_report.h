#pragma once

#include <sealift/controller/delivery_status.h>
#include <sealift/puller/delivery_report.h>

#include <string>
#include <utility>

namespace sealift::controller {

inline Digest digest_of(const std::string& text) { return Digest::of(text); }

inline delivery::Delivery sample_delivery(std::int64_t generation = 1) {
  delivery::Delivery delivery(
      "web", "shop",
      {*oci::Reference::parse("oci://registry.test/shop/web"), {}, {}, {}, {}, false});
  delivery.uid = "uid-1";
  delivery.generation = generation;
  delivery.service_account_name = "deployer";
  return delivery;
}

inline artifacts::ArtifactFacts sample_artifact(const std::string& content = "one") {
  return {"registry.test/shop/web",
          "1.2",
          digest_of(content),
          "https://git.test/shop",
          "main@sha1:abc",
          "2026-01-01T00:00:00Z",
          7,
          "release",
          {"key-1"}};
}

// A run that began `seconds` after the start of all time of the tests, and took one second.
inline puller::DeliveryReport report_of(puller::RunOutcome::Kind kind, int seconds = 0) {
  puller::DeliveryReport report;
  report.run_began = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)) +
                     std::chrono::seconds(seconds);
  report.now = report.run_began + std::chrono::seconds(1);
  report.outcome.kind = kind;
  report.outcome.digest = digest_of("one");
  report.artifact = sample_artifact();
  report.kinds = {{{"apps", "Deployment"}, 1, 1}, {{"", "Service"}, 2, 2}};
  return report;
}

inline puller::DeliveryReport failed_report(puller::RunStage stage, ErrorCode code,
                                            const std::string& message, int seconds = 0) {
  auto report = report_of(puller::RunOutcome::Kind::kFailed, seconds);
  report.outcome.stage = stage;
  report.outcome.error = Error(code, message);
  report.kinds.clear();
  return report;
}

inline puller::DeliveryReport waiting_report(puller::RunStage stage, const std::string& for_what,
                                             int seconds = 0) {
  auto report = report_of(puller::RunOutcome::Kind::kWaiting, seconds);
  report.outcome.stage = stage;
  report.outcome.waiting_for = for_what;
  return report;
}

}  // namespace sealift::controller
