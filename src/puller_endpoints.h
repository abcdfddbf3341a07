#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/log.h>
#include <sealift/base/random.h>
#include <sealift/endpoints/http_server.h>
#include <sealift/endpoints/measured_transport.h>
#include <sealift/endpoints/metrics.h>
#include <sealift/endpoints/probes.h>
#include <sealift/endpoints/puller_metrics.h>
#include <sealift/endpoints/webhook_receiver.h>
#include <sealift/notify/notifier.h>

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "puller_options.h"
#include "puller_reports.h"
#include "push_echo.h"

namespace sealift::program {

// What a puller shows and tells of itself: probes and metrics (--listen), the ear for registries'
// webhooks (--webhook-listen), notifications (--notify).
class PullerEndpoints {
 public:
  struct Sources {
    // Fills in what the scheduler and the views know; may be asked at any time.
    std::function<void(endpoints::PullerSnapshot&)> snapshot;
    std::function<std::vector<endpoints::Check>()> ready;
    std::function<void(const endpoints::Push&)> on_push;
  };

  // What carries requests to what the operator named, and to what Deliveries name.
  struct Networks {
    HttpTransport& own;
    HttpTransport& outer;
    std::function<void()> on_request;  // of either of them, from many threads
  };

  // All references must outlive this.
  PullerEndpoints(const PullerOptions& options, const Networks& networks, Logger log);

  // Reads the notifications' configuration and opens the ports. kInvalidInput, kConflict, kIo.
  Result<> start();
  // Why this process could not take over while it leads nobody; asked at any time.
  void set_standby(std::function<std::string()> problem);
  // Who answers from now on; null functions: nobody is leading.
  void attach(Sources sources);

  // The networks, measured.
  HttpTransport& transport() { return transport_; }
  HttpTransport& outer_transport() { return outer_transport_; }
  PullerReports& reports() { return reports_; }

 private:
  Result<> start_notifier();
  void measure(const endpoints::MeasuredRequest& request);
  endpoints::PullerSnapshot snapshot();

  const PullerOptions& options_;
  Logger log_;
  HttpTransport& own_network_;
  const std::function<void()> on_request_;
  endpoints::MetricsRegistry registry_;
  endpoints::PullerMetrics metrics_;
  endpoints::MeasuredTransport::Measure measure_api_;
  endpoints::MeasuredTransport::Measure measure_registries_;
  endpoints::MeasuredTransport transport_;
  endpoints::MeasuredTransport outer_transport_;
  PullerReports reports_;
  std::mutex mutex_;
  Sources sources_;
  std::function<std::string()> standby_ = [] { return "the work has not begun, or ends"; };
  std::unique_ptr<notify::Notifier> notifier_;
  std::optional<PushEcho> pushes_;
  std::optional<endpoints::WebhookReceiver> webhooks_;
  std::unique_ptr<endpoints::HttpServer> webhook_server_;
  std::unique_ptr<endpoints::HttpServer> probe_server_;
};

}  // namespace sealift::program
