#include "puller_reports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/controller/sample_report.h"

namespace sealift::program {
namespace {

using controller::failed_report;
using controller::report_of;
using controller::sample_delivery;
using controller::waiting_report;
using testing::HasSubstr;
using testing::Not;
using Kind = puller::RunOutcome::Kind;

class PullerReportsTest : public testing::Test {
 protected:
  PullerReportsTest() {
    reports_.attach(&metrics_, nullptr);
    reports_.expect("shop/web");
  }

  void report(const puller::DeliveryReport& report) {
    reports_.reported(sample_delivery(), report);
  }
  endpoints::PullerSnapshot snapshot() const {
    endpoints::PullerSnapshot snapshot;
    reports_.add_to(snapshot, true);
    return snapshot;
  }

  endpoints::MetricsRegistry registry_;
  endpoints::PullerMetrics metrics_{registry_, {}, [] { return endpoints::PullerSnapshot(); }};
  PullerReports reports_;
};

TEST_F(PullerReportsTest, CountsWhomItExpectsAsNotReadyUntilItHears) {
  EXPECT_EQ(snapshot().not_ready, 1u);
  report(report_of(Kind::kDelivered));
  EXPECT_EQ(snapshot().ready, 1u);
  EXPECT_EQ(snapshot().not_ready, 0u);
  EXPECT_EQ(snapshot().objects, 3u);
  // Told once more of one that is known.
  reports_.expect("shop/web");
  EXPECT_EQ(snapshot().ready, 1u);
}

// The API server tells that a Delivery has gone as soon as its finalizer is off, which may be
// before the run that took it off has come to its end.
TEST_F(PullerReportsTest, AReportThatComesAfterTheEndCountsNothing) {
  report(report_of(Kind::kDelivered));
  reports_.forget("shop/web");
  report(report_of(Kind::kRemoved));
  const auto now = snapshot();
  EXPECT_EQ(now.ready + now.not_ready + now.stalled + now.suspended, 0u);
  EXPECT_EQ(now.objects, 0u);
  EXPECT_TRUE(now.deliveries.empty());
}

TEST_F(PullerReportsTest, WhoLeadsNoMoreShowsNoDelivery) {
  report(report_of(Kind::kDelivered));
  reports_.forget_all();
  EXPECT_EQ(snapshot().ready, 0u);
  EXPECT_EQ(snapshot().objects, 0u);
}

TEST_F(PullerReportsTest, RemembersTheLastSuccessOfEachDelivery) {
  report(report_of(Kind::kDelivered, 0));
  report(failed_report(puller::RunStage::kApply, ErrorCode::kForbidden, "no", 60));
  const auto deliveries = snapshot().deliveries;
  ASSERT_EQ(deliveries.size(), 1u);
  EXPECT_EQ(deliveries[0].delivery_namespace, "shop");
  EXPECT_EQ(deliveries[0].name, "web");
  EXPECT_FALSE(deliveries[0].ready);
  EXPECT_EQ(deliveries[0].last_success, 1767225601.0);  // 2026-01-01T00:00:01Z
  EXPECT_EQ(deliveries[0].artifact_created, 1767225600.0);
}

TEST_F(PullerReportsTest, MeasuresRunsThatEnded) {
  auto waiting = waiting_report(puller::RunStage::kWait, "Deployment web");
  waiting.run_took = std::chrono::milliseconds(400);
  report(waiting);
  EXPECT_THAT(registry_.expose(), Not(HasSubstr("sealift_run_duration_seconds_count{")));
  auto delivered = report_of(Kind::kDelivered);
  delivered.run_took = std::chrono::milliseconds(2'500);
  report(delivered);
  const auto text = registry_.expose();
  EXPECT_THAT(text, HasSubstr("sealift_run_duration_seconds_count{outcome=\"delivered\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("sealift_run_duration_seconds_sum{outcome=\"delivered\"} 2.5\n"));
}

// increase() sees nothing of a series that begins with one.
TEST_F(PullerReportsTest, ShowsEachRuleBeforeAnyRefusal) {
  const auto text = registry_.expose();
  for (const auto* rule : {"repository", "manifest", "threshold", "requirement", "freshness",
                           "max_age", "rollback", "policy"}) {
    EXPECT_THAT(text, HasSubstr("sealift_refusals_total{rule=\"" + std::string(rule) + "\"} 0\n"));
  }
}

}  // namespace
}  // namespace sealift::program
