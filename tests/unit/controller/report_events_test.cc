#include <sealift/controller/report_events.h>

#include <gtest/gtest.h>

#include <string>

#include "sample_report.h"

namespace sealift::controller {
namespace {

using puller::RunStage;
using Kind = puller::RunOutcome::Kind;

// "Warning Refused", or "none".
std::string event_text(const puller::DeliveryReport& report, EventLevel level) {
  const auto event = event_of(sample_delivery(), report, level);
  if (!event) return "none";
  EXPECT_EQ(event->subject.uid, "uid-1");
  EXPECT_FALSE(event->note.empty());
  return (event->type == Event::Type::kWarning ? "Warning " : "Normal ") + event->reason;
}

TEST(ReportEvents, WarningsAlwaysAndTheRestWhenAskedFor) {
  auto refused = failed_report(RunStage::kVerify, ErrorCode::kUntrusted, "no signature");
  refused.outcome.kind = Kind::kRefused;
  auto away = report_of(Kind::kUnchanged);
  away.outcome.registry_away = Error(ErrorCode::kUnavailable, "no route");
  auto drifted = report_of(Kind::kUnchanged);
  drifted.outcome.drifted = 1;
  struct Case {
    puller::DeliveryReport report;
    std::string with_warnings;
    std::string with_all;
  };
  const Case cases[] = {
      {refused, "Warning Refused", "Warning Refused"},
      {failed_report(RunStage::kWait, ErrorCode::kCancelled, "late"), "Warning HealthCheckFailed",
       "Warning HealthCheckFailed"},
      {away, "Warning RegistryAway", "Warning RegistryAway"},
      {drifted, "Warning Drifted", "Warning Drifted"},
      {report_of(Kind::kDelivered), "none", "Normal Delivered"},
      {report_of(Kind::kRemoved), "none", "Normal Removed"},
      {report_of(Kind::kUnchanged), "none", "none"},
      {report_of(Kind::kSuspended), "none", "none"},
      {waiting_report(RunStage::kWait, "Deployment web"), "none", "none"},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(puller::to_string(c.report.outcome.kind));
    EXPECT_EQ(event_text(c.report, EventLevel::kWarnings), c.with_warnings);
    EXPECT_EQ(event_text(c.report, EventLevel::kAll), c.with_all);
  }
}

TEST(ReportEvents, SayWhatBecameOfTheObjectsOfADeletedDelivery) {
  struct Case {
    std::size_t pruned;
    std::size_t let_go;
    std::string note;
  };
  const Case cases[] = {
      {0, 0, "0 objects were removed"},
      {1, 0, "1 object was removed"},
      {3, 1, "3 objects were removed, 1 was let go and stays"},
      {0, 2, "0 objects were removed, 2 were let go and stay"},
  };
  for (const auto& c : cases) {
    auto report = report_of(Kind::kRemoved);
    report.outcome.pruned = c.pruned;
    report.outcome.let_go = c.let_go;
    const auto event = event_of(sample_delivery(), report, EventLevel::kAll);
    ASSERT_TRUE(event);
    EXPECT_EQ(event->note, c.note);
  }
}

}  // namespace
}  // namespace sealift::controller
