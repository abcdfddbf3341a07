#include <sealift/endpoints/puller_metrics.h>

#include <utility>

namespace sealift::endpoints {
namespace {

using Sampled = MetricsRegistry::Sampled;
using Samples = std::vector<Sample>;
using enum SampleKind;

// One Delivery more than a large cluster has.
constexpr std::size_t kMaxDeliveries = 5000;

// From a request on the machine to a delivery that waits for its health.
const std::vector<double> kRunSeconds = {0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900};
const std::vector<double> kRequestSeconds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15};

std::vector<Sampled> gauges() {
  return {
      {kGauge, {"sealift_deliveries", "Deliveries by state.", {"state"}}},
      {kGauge, {"sealift_objects", "Objects delivered and kept.", {}}},
      {kGauge, {"sealift_unhealthy_objects", "Delivered objects that are not healthy.", {}}},
      {kGauge, {"sealift_drifted_objects", "Objects that differ from what was delivered.", {}}},
      {kGauge, {"sealift_watches", "Open watches on API servers.", {}}},
      {kGauge, {"sealift_remote_clusters", "Remote clusters by state.", {"state"}}},
      {kCounter,
       {"sealift_status_writes_total", "Writes of Deliveries' statuses by outcome.", {"outcome"}}},
      {kGauge, {"sealift_waiting_statuses", "Deliveries whose status is not written yet.", {}}},
      {kCounter, {"sealift_events_total", "Kubernetes Events by outcome.", {"outcome"}}},
      {kGauge, {"sealift_queued_runs", "Runs that wait for a worker.", {}}},
      {kGauge, {"sealift_busy_workers", "Workers that carry out a run.", {}}},
      {kGauge, {"sealift_workers", "Workers in all.", {}}},
      {kGauge, {"sealift_leader", "1 where this puller holds the lease or needs none.", {}}},
      {kGauge,
       {"sealift_delivery_ready",
        "1 where the Delivery is ready.",
        {"namespace", "name"},
        kMaxDeliveries}},
      {kGauge,
       {"sealift_delivery_last_success_timestamp_seconds",
        "When the Delivery was last found delivered and healthy.",
        {"namespace", "name"},
        kMaxDeliveries}},
      {kGauge,
       {"sealift_delivery_artifact_created_timestamp_seconds",
        "The time of the commit that is delivered.",
        {"namespace", "name"},
        kMaxDeliveries}},
      {kCounter,
       {"sealift_notifications_total", "Notifications by sink and outcome.", {"sink", "outcome"}}},
      {kGauge, {"sealift_queued_notifications", "Notifications that are not sent yet.", {"sink"}}},
  };
}

Samples one(std::uint64_t value) { return {Sample{{}, static_cast<double>(value)}}; }

Sample labelled(std::vector<std::string> labels, std::uint64_t value) {
  return Sample{std::move(labels), static_cast<double>(value)};
}

// In the order of gauges().
std::vector<Samples> samples_of(const PullerSnapshot& now) {
  Samples ready;
  Samples success;
  Samples created;
  for (const auto& delivery : now.deliveries) {
    const std::vector<std::string> labels = {delivery.delivery_namespace, delivery.name};
    ready.push_back({labels, delivery.ready ? 1.0 : 0.0});
    if (delivery.last_success) success.push_back({labels, *delivery.last_success});
    if (delivery.artifact_created) created.push_back({labels, *delivery.artifact_created});
  }
  Samples notifications;
  Samples queued;
  for (const auto& sink : now.sinks) {
    notifications.push_back(labelled({sink.name, "delivered"}, sink.delivered));
    notifications.push_back(labelled({sink.name, "failed"}, sink.failed));
    notifications.push_back(labelled({sink.name, "dropped"}, sink.dropped));
    queued.push_back(labelled({sink.name}, sink.queued));
  }
  return {
      {labelled({"ready"}, now.ready), labelled({"not_ready"}, now.not_ready),
       labelled({"suspended"}, now.suspended), labelled({"stalled"}, now.stalled)},
      one(now.objects),
      one(now.unhealthy_objects),
      one(now.drifted_objects),
      one(now.watches),
      {labelled({"answers"}, now.remote_clusters - now.remote_clusters_away),
       labelled({"away"}, now.remote_clusters_away)},
      {labelled({"written"}, now.statuses_written), labelled({"failed"}, now.statuses_failed)},
      one(now.statuses_waiting),
      {labelled({"written"}, now.events_written), labelled({"aggregated"}, now.events_aggregated),
       labelled({"dropped"}, now.events_dropped)},
      one(now.queued_runs),
      one(now.busy_workers),
      one(now.workers),
      one(now.leader ? 1 : 0),
      std::move(ready),
      std::move(success),
      std::move(created),
      std::move(notifications),
      std::move(queued)};
}

Counter& single(MetricsRegistry& registry, std::string name, std::string help) {
  return registry.counters({std::move(name), std::move(help), {}}).with({});
}

}  // namespace

PullerMetrics::PullerMetrics(MetricsRegistry& registry, const BuildInfo& build,
                             std::function<PullerSnapshot()> snapshot)
    : runs(
          registry.counters({"sealift_runs_total", "Runs of Deliveries by outcome.", {"outcome"}})),
      run_duration(registry.histograms(
          {"sealift_run_duration_seconds", "Time from a run's beginning to its end.", {"outcome"}},
          kRunSeconds)),
      refusals(registry.counters(
          {"sealift_refusals_total", "Artifacts refused, by the rule that said no.", {"rule"}})),
      objects_applied(single(registry, "sealift_objects_applied_total", "Objects sent.")),
      objects_pruned(single(registry, "sealift_objects_pruned_total",
                            "Objects removed because no "
                            "artifact has them any more.")),
      drift_corrected(single(registry, "sealift_drift_corrected_total",
                             "Objects repaired after somebody had changed them.")),
      rollbacks(single(registry, "sealift_rollbacks_total",
                       "Returns to the artifact that was healthy before.")),
      api_requests(registry.counters({"sealift_api_requests_total",
                                      "Requests to API servers by verb and answer.",
                                      {"verb", "code"}})),
      api_duration(registry.histograms({"sealift_api_request_duration_seconds",
                                        "Time until API servers had answered, without watches.",
                                        {"verb"}},
                                       kRequestSeconds)),
      registry_requests(registry.counters({"sealift_registry_requests_total",
                                           "Requests to registries by host and answer.",
                                           {"host", "code"}})),
      webhooks(registry.counters({"sealift_webhooks_total",
                                  "Webhooks received by kind and outcome.",
                                  {"kind", "outcome"}})) {
  registry.sampled(
      {{kGauge, {"sealift_build_info", "1, with what was built.", {"version", "revision"}}}},
      [build]() -> std::vector<Samples> { return {{{{build.version, build.revision}, 1.0}}}; });
  registry.sampled(gauges(), [snapshot = std::move(snapshot)] { return samples_of(snapshot()); });
}

MeasuredTransport::Measure measure_api(PullerMetrics& metrics) {
  return [&metrics](const MeasuredRequest& one) {
    const auto verb = api_verb(one.request);
    metrics.api_requests.with({verb, one.code}).add();
    // A watch answers when the API server likes.
    if (verb != "watch") metrics.api_duration.with({verb}).observe(one.duration.count());
  };
}

MeasuredTransport::Measure measure_registries(PullerMetrics& metrics) {
  return [&metrics](const MeasuredRequest& one) {
    metrics.registry_requests.with({host_of(one.request.url), one.code}).add();
  };
}

}  // namespace sealift::endpoints
