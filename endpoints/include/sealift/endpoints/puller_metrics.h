#pragma once

#include <sealift/endpoints/measured_transport.h>
#include <sealift/endpoints/metrics.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sealift::endpoints {

// One Delivery as metrics show it, where that is asked for (three series each).
struct DeliverySample {
  std::string delivery_namespace;
  std::string name;
  bool ready = false;
  std::optional<double> last_success;      // Unix time in seconds
  std::optional<double> artifact_created;  // Unix time in seconds
};

// A sink of notifications as metrics show it.
struct SinkSample {
  std::string name;
  std::uint64_t delivered = 0;
  std::uint64_t failed = 0;   // given up: the receiver refused it for good
  std::uint64_t dropped = 0;  // lost because the queue was full
  std::uint64_t queued = 0;
};

// What the puller is at this moment.
struct PullerSnapshot {
  std::uint64_t ready = 0;
  std::uint64_t not_ready = 0;  // under way or failed, and tried again
  std::uint64_t suspended = 0;
  std::uint64_t stalled = 0;  // does not go on by itself
  std::uint64_t objects = 0;  // delivered and kept
  std::uint64_t unhealthy_objects = 0;
  std::uint64_t drifted_objects = 0;
  std::uint64_t watches = 0;  // of all clusters
  std::uint64_t remote_clusters = 0;
  std::uint64_t remote_clusters_away = 0;  // of those
  std::uint64_t statuses_written = 0;
  std::uint64_t statuses_failed = 0;   // requests, each of which is tried again
  std::uint64_t statuses_waiting = 0;  // Deliveries whose status is not what it should be
  std::uint64_t events_written = 0;
  std::uint64_t events_aggregated = 0;  // told as more of another
  std::uint64_t events_dropped = 0;     // too many, or refused by the API server
  std::uint64_t queued_runs = 0;
  std::uint64_t busy_workers = 0;
  std::uint64_t workers = 0;
  bool leader = true;
  std::vector<DeliverySample> deliveries;  // empty: no series for each Delivery
  std::vector<SinkSample> sinks;
};

struct BuildInfo {
  std::string version;
  std::string revision;  // the commit; empty where it is unknown
};

// All metrics of the puller, as docs/reference/metrics.md lists them. Counters are reached through
// the members; they live as long as the registry.
class PullerMetrics {
 public:
  // `snapshot` is asked each time that the metrics are shown, from the thread of the server. It
  // must not wait for anything but short locks.
  PullerMetrics(MetricsRegistry& registry, const BuildInfo& build,
                std::function<PullerSnapshot()> snapshot);

  // outcome: delivered, unchanged, refused, failed, removed, waiting, suspended
  Family<Counter>& runs;
  Family<Histogram>& run_duration;  // outcome; seconds. Of runs that ended
  Family<Counter>& refusals;        // rule: the part of the policy that said no
  Counter& objects_applied;
  Counter& objects_pruned;
  Counter& drift_corrected;
  Counter& rollbacks;
  Family<Counter>& api_requests;       // verb, code
  Family<Histogram>& api_duration;     // verb; seconds, without watches
  Family<Counter>& registry_requests;  // host, code
  Family<Counter>& webhooks;           // kind, outcome: accepted, ignored, refused, limited
};

// What a MeasuredTransport in front of API servers, or of registries, is given. The metrics must
// outlive it.
MeasuredTransport::Measure measure_api(PullerMetrics& metrics);
MeasuredTransport::Measure measure_registries(PullerMetrics& metrics);

}  // namespace sealift::endpoints
