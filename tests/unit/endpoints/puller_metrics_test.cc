#include <sealift/endpoints/process_metrics.h>
#include <sealift/endpoints/puller_metrics.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace sealift::endpoints {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(PullerMetrics, ShowsTheSnapshotOfTheMoment) {
  MetricsRegistry registry;
  PullerSnapshot now;
  PullerMetrics metrics(registry, {"1.2.3", "abc"}, [&] { return now; });
  now.ready = 7;
  now.stalled = 1;
  now.queued_runs = 3;
  now.leader = false;
  now.watches = 11;
  now.remote_clusters = 5;
  now.remote_clusters_away = 2;
  now.statuses_failed = 4;
  now.statuses_waiting = 6;
  now.events_aggregated = 8;
  now.sinks = {{"chat", 5, 1, 2, 9}};
  metrics.refusals.with({"signatures"}).add();
  metrics.objects_pruned.add(2);
  const auto text = registry.expose();
  for (const auto* line :
       {"sealift_build_info{version=\"1.2.3\",revision=\"abc\"} 1",
        "sealift_deliveries{state=\"ready\"} 7", "sealift_deliveries{state=\"stalled\"} 1",
        "sealift_deliveries{state=\"not_ready\"} 0", "sealift_queued_runs 3", "sealift_leader 0",
        "sealift_refusals_total{rule=\"signatures\"} 1", "sealift_objects_pruned_total 2",
        "sealift_notifications_total{sink=\"chat\",outcome=\"dropped\"} 2",
        "sealift_queued_notifications{sink=\"chat\"} 9", "sealift_watches 11",
        "sealift_remote_clusters{state=\"answers\"} 3", "sealift_remote_clusters{state=\"away\"} 2",
        "sealift_status_writes_total{outcome=\"failed\"} 4", "sealift_waiting_statuses 6",
        "sealift_events_total{outcome=\"aggregated\"} 8"}) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(line) + "\n"));
  }
  EXPECT_THAT(text, Not(HasSubstr("sealift_delivery_ready{")));
}

TEST(PullerMetrics, ShowsDeliveriesWhereAsked) {
  MetricsRegistry registry;
  PullerSnapshot now;
  now.deliveries = {{"shop", "web", true, 1700000000, std::nullopt}};
  const PullerMetrics metrics(registry, {}, [&] { return now; });
  const auto text = registry.expose();
  EXPECT_THAT(text, HasSubstr("\nsealift_delivery_ready{namespace=\"shop\",name=\"web\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr("\nsealift_delivery_last_success_timestamp_seconds{namespace=\"shop\","
                        "name=\"web\"} 1700000000\n"));
  EXPECT_THAT(text, Not(HasSubstr("artifact_created_timestamp_seconds{")));
}

TEST(PullerMetrics, CountsRequests) {
  MetricsRegistry registry;
  PullerMetrics metrics(registry, {}, [] { return PullerSnapshot(); });
  HttpRequest request;
  request.url = "https://api:6443/api/v1/pods?watch=true";
  measure_api(metrics)({request, "200", std::chrono::duration<double>(300)});
  request.url = "https://r.example/v2/a";
  measure_api(metrics)({request, "unavailable", std::chrono::duration<double>(0.2)});
  measure_registries(metrics)({request, "401", std::chrono::duration<double>(1)});
  const auto text = registry.expose();
  for (const auto* line : {"sealift_api_requests_total{verb=\"watch\",code=\"200\"} 1",
                           "sealift_api_requests_total{verb=\"get\",code=\"unavailable\"} 1",
                           "sealift_api_request_duration_seconds_count{verb=\"get\"} 1",
                           "sealift_registry_requests_total{host=\"r.example\",code=\"401\"} 1"}) {
    EXPECT_THAT(text, HasSubstr("\n" + std::string(line) + "\n"));
  }
  EXPECT_THAT(text, Not(HasSubstr("duration_seconds_count{verb=\"watch\"}")));
}

TEST(PullerMetrics, FollowsTheConventions) {
  MetricsRegistry registry;
  const PullerMetrics metrics(registry, {}, [] { return PullerSnapshot(); });
  std::set<std::string> names;
  for (const auto& description : registry.descriptions()) {
    EXPECT_TRUE(description.name.starts_with("sealift_")) << description.name;
    EXPECT_TRUE(description.help.ends_with('.')) << description.name;
    EXPECT_TRUE(names.insert(description.name).second) << description.name;
    EXPECT_EQ(
        registry.expose().find("# TYPE " + description.name + " counter") != std::string::npos,
        description.name.ends_with("_total"))
        << description.name;
  }
  EXPECT_GT(names.size(), 20u);
}

}  // namespace
}  // namespace sealift::endpoints
