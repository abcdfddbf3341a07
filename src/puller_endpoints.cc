#include "puller_endpoints.h"

#include <sealift/endpoints/process_metrics.h>
#include <sealift/notify/configuration.h>
#include <sealift/objects/yaml.h>

#include "commit.h"
#include "version.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxNotifyFile = 1u << 20;

// An API server's paths are its own; everything else that the puller asks is a registry.
bool is_api_request(std::string_view url) {
  const auto scheme = url.find("://");
  const auto path = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
  if (path == std::string_view::npos) return false;
  const auto rest = url.substr(path);
  return rest.starts_with("/api/") || rest.starts_with("/apis/") || rest == "/api" ||
         rest == "/apis" || rest.starts_with("/api?") || rest.starts_with("/apis?");
}

}  // namespace

PullerEndpoints::PullerEndpoints(const PullerOptions& options, const Networks& networks, Logger log)
    : options_(options),
      log_(std::move(log)),
      own_network_(networks.own),
      on_request_(networks.on_request),
      metrics_(registry_, {kVersion, kCommit}, [this] { return snapshot(); }),
      measure_api_(endpoints::measure_api(metrics_)),
      measure_registries_(endpoints::measure_registries(metrics_)),
      transport_(networks.own, system_clock(),
                 [this](const endpoints::MeasuredRequest& request) { measure(request); }),
      outer_transport_(networks.outer, system_clock(),
                       [this](const endpoints::MeasuredRequest& request) { measure(request); }) {
  endpoints::add_process_metrics(registry_, system_files());
}

void PullerEndpoints::set_standby(std::function<std::string()> problem) {
  const std::scoped_lock lock(mutex_);
  standby_ = std::move(problem);
}

void PullerEndpoints::attach(Sources sources) {
  const std::scoped_lock lock(mutex_);
  sources_ = std::move(sources);
}

endpoints::PullerSnapshot PullerEndpoints::snapshot() {
  endpoints::PullerSnapshot snapshot;
  reports_.add_to(snapshot, options_.delivery_metrics);
  snapshot.workers = options_.concurrency;
  if (notifier_) {
    for (const auto& sink : notifier_->statistics()) {
      snapshot.sinks.push_back({sink.name, sink.delivered, sink.failed, sink.dropped, sink.queued});
    }
  }
  const std::scoped_lock lock(mutex_);
  snapshot.leader = static_cast<bool>(sources_.snapshot);
  if (sources_.snapshot) sources_.snapshot(snapshot);
  return snapshot;
}

void PullerEndpoints::measure(const endpoints::MeasuredRequest& measured) {
  on_request_();
  if (is_api_request(measured.request.url)) return measure_api_(measured);
  measure_registries_(measured);
}

Result<> PullerEndpoints::start_notifier() {
  if (options_.notify.empty()) return {};
  SEALIFT_ASSIGN(const auto bytes, read_file(system_files(), options_.notify, kMaxNotifyFile));
  SEALIFT_ASSIGN(const auto documents, objects::parse_yaml(bytes, options_.notify));
  if (documents.size() != 1) {
    return fail(ErrorCode::kInvalidInput,
                options_.notify + " has to hold one document of the kind Notifications");
  }
  SEALIFT_ASSIGN_CONTEXT(auto configuration, notify::parse_configuration(documents.front().value),
                         options_.notify);
  notify::NotifierSettings settings;
  settings.configuration = std::move(configuration);
  settings.directory = join_path(options_.state, "notify");
  notifier_ = std::make_unique<notify::Notifier>(
      std::move(settings),
      notify::NotifierSurroundings{system_files(), own_network_, system_clock(), system_random()},
      log_);
  return {};
}

Result<> PullerEndpoints::start() {
  SEALIFT_TRY(start_notifier());
  reports_.attach(&metrics_, notifier_.get());
  if (!options_.webhook_listen.empty()) {
    pushes_.emplace(system_clock(), [this](const endpoints::Push& push) {
      const std::scoped_lock lock(mutex_);
      if (sources_.on_push) sources_.on_push(push);
    });
    webhooks_.emplace(
        endpoints::WebhookSettings{.secrets_directory = options_.webhook_secrets}, system_files(),
        system_clock(), log_, [this](const endpoints::Push& push) { pushes_->hear(push); },
        [this](endpoints::WebhookKind kind, endpoints::WebhookOutcome outcome) {
          metrics_.webhooks.with({to_string(kind), to_string(outcome)}).add();
        });
    SEALIFT_ASSIGN_CONTEXT(
        webhook_server_,
        endpoints::HttpServer::start(
            options_.webhook_listen,
            [this](const endpoints::Request& request) { return webhooks_->answer(request); }, {},
            system_clock(), log_),
        "--webhook-listen");
    log_.info("webhooks are heard", {{"port", std::to_string(webhook_server_->port())}});
  }
  if (options_.listen.empty()) return {};
  endpoints::Probes probes;
  probes.ready = [this] {
    const std::scoped_lock lock(mutex_);
    if (sources_.ready) return sources_.ready();
    // A replica that stands by and could take over is as it should be.
    return std::vector<endpoints::Check>{{"standby", standby_()}};
  };
  probes.metrics = &registry_;
  SEALIFT_ASSIGN_CONTEXT(probe_server_,
                         endpoints::HttpServer::start(
                             options_.listen, endpoints::make_probe_handler(std::move(probes)), {},
                             system_clock(), log_),
                         "--listen");
  log_.info("probes and metrics are served", {{"port", std::to_string(probe_server_->port())}});
  return {};
}

}  // namespace sealift::program
