#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/json.h>
#include <sealift/base/random.h>
#include <sealift/kube/kube_config.h>
#include <sealift/kube/resource_map.h>
#include <sealift/puller/cluster_target.h>
#include <sealift/puller/directory_target.h>
#include <sealift/puller/puller.h>

#include <atomic>
#include <iostream>
#include <mutex>

#include "exit_code.h"
#include "puller_options.h"
#include "signals.h"
#include "version.h"

namespace sealift::program {
namespace {

using puller::DeliveryOutcome;
using Kind = puller::RunOutcome::Kind;

// The cluster's client, made when the first Delivery needs it.
struct Cluster {
  kube::ApiClient client;
  kube::ResourceMap resources;
  explicit Cluster(const kube::ApiClient& api) : client(api), resources(api) {}
};

Result<kube::ClusterAccess> cluster_access(const PullerOptions& options) {
  if (!options.kubeconfig.empty()) {
    return kube::load_kubeconfig(system_files(), options.kubeconfig, options.context);
  }
  auto access = kube::load_in_cluster(system_files());
  if (!access && access.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "no cluster to deliver to: give --kubeconfig, set KUBECONFIG, run in a pod with a "
                "service account, or deliver into files with --target dir:PATH");
  }
  return access;
}

Json to_json(const DeliveryOutcome& entry) {
  const auto& outcome = entry.outcome;
  Json json;
  json.set("delivery", entry.delivery);
  json.set("outcome", puller::to_string(outcome.kind));
  if (outcome.digest) json.set("digest", outcome.digest->to_string());
  json.set("applied", static_cast<std::uint64_t>(outcome.applied));
  json.set("pruned", static_cast<std::uint64_t>(outcome.pruned));
  json.set("unchanged", static_cast<std::uint64_t>(outcome.unchanged));
  json.set("drifted", static_cast<std::uint64_t>(outcome.drifted));
  if (outcome.registry_away) json.set("registryAway", outcome.registry_away->message());
  if (outcome.error) {
    json.set("stage", puller::to_string(outcome.stage));
    json.set("code", to_string(outcome.error->code()));
    json.set("reason", outcome.error->message());
  }
  return json;
}

// A refusal outranks every other failure: it is what an operator has to look at first.
int exit_code_of_outcomes(const std::vector<DeliveryOutcome>& outcomes) {
  int code = kSuccess;
  for (const auto& entry : outcomes) {
    const auto& outcome = entry.outcome;
    if (outcome.kind == Kind::kRefused) return kUntrusted;
    if (outcome.kind == Kind::kFailed && code == kSuccess) {
      code = outcome.error ? exit_code_of(outcome.error->code()) : kFailure;
    }
  }
  return code;
}

int report(const Error& error) {
  std::cerr << "sealift-puller: " << error.message() << "\n";
  return exit_code_of(error.code());
}

int check_record(const PullerOptions& options) {
  auto checked = puller::check_decision_log(system_files(), options.check_record);
  if (!checked) return report(checked.error());
  if (options.json) {
    Json json;
    json.set("records", checked->lines);
    json.set("tornLines", checked->torn_lines);
    json.set("head", checked->head);
    std::cout << dump_json(json) << "\n";
  } else {
    std::cout << checked->lines << " records, chain unbroken, head "
              << (checked->head.empty() ? "none" : checked->head) << "\n";
    if (checked->torn_lines > 0) {
      std::cout << checked->torn_lines << " lines are no records: a crash tore them\n";
    }
  }
  return kSuccess;
}

// Everything that lives as long as the process, whatever the configuration says.
class Program {
 public:
  Program(const PullerOptions& options, Logger log)
      : options_(options),
        log_(std::move(log)),
        transport_(make_curl_transport(std::string("sealift-puller/") + kVersion)),
        repositories_{*transport_, system_files(), sealift::system_clock(), system_random()},
        cache_(system_files(), join_path(options.state, "cache")),
        states_(system_files(), join_path(options.state, "deliveries")) {}

  int run() {
    auto configuration = puller::load_configuration(system_files(), options_.config);
    if (!configuration) return report(configuration.error());
    configuration_ = *std::move(configuration);
    auto prepared = prepare();
    if (!prepared) return report(prepared.error());
    if (configuration_.deliveries.empty()) {
      log_.warning("the configuration has no Delivery, so nothing is delivered",
                   {{"config", options_.config}});
    }
    return options_.once ? run_once() : run_loop();
  }

 private:
  Result<> prepare() {
    SEALIFT_TRY(system_files().make_directories(options_.state));
    auto lock = system_files().lock(join_path(options_.state, "lock"));
    if (!lock && lock.error().code() == ErrorCode::kUnavailable) {
      return fail(std::move(lock).error().with_context("another puller uses the state directory " +
                                                       options_.state));
    }
    if (!lock) return fail(std::move(lock).error());
    lock_ = *std::move(lock);
    SEALIFT_TRY(cache_.remove_leftovers());
    SEALIFT_TRY(states_.remove_leftovers());
    const auto path =
        options_.record.empty() ? join_path(options_.state, "decisions.jsonl") : options_.record;
    SEALIFT_ASSIGN(decisions_, puller::DecisionLog::open(system_files(), path));
    if (!options_.directory.empty()) return {};
    SEALIFT_ASSIGN(auto access, cluster_access(options_));
    cluster_.emplace(
        kube::ApiClient(std::move(access),
                        {*transport_, system_files(), sealift::system_clock(), system_random()}));
    return {};
  }

  Result<std::unique_ptr<puller::Target>> open_target(const puller::Delivery& delivery,
                                                      const Logger& log) {
    if (!options_.directory.empty()) {
      return puller::make_directory_target(system_files(), options_.directory, delivery, log);
    }
    return puller::make_cluster_target(delivery, cluster_->client, cluster_->resources,
                                       sealift::system_clock(), log);
  }

  puller::RunEnvironment environment() {
    return {configuration_,
            repositories_,
            cache_,
            states_,
            *decisions_,
            sealift::system_clock(),
            [this](const puller::Delivery& delivery, const Logger& log) {
              return open_target(delivery, log);
            }};
  }

  int run_once() {
    const Signals signals;
    const auto shared = environment();
    puller::Puller puller(shared, system_random(), log_, options_.concurrency);
    const auto outcomes = puller.run_once(signals.token());
    if (options_.json) {
      Json all = Json::array();
      for (const auto& outcome : outcomes) all.push_back(to_json(outcome));
      std::cout << dump_json_pretty(all) << "\n";
    }
    return exit_code_of_outcomes(outcomes);
  }

  int run_loop() {
    std::mutex mutex;
    std::stop_source round;
    const Signals signals([&] {
      std::scoped_lock lock(mutex);
      round.request_stop();
    });
    const std::stop_callback on_stop(signals.token(), [&] {
      std::scoped_lock lock(mutex);
      round.request_stop();
    });
    for (bool first = true; !signals.token().stop_requested(); first = false) {
      std::stop_token token;
      {
        // Before the files are read: a hangup from here on means that they changed once more.
        std::scoped_lock lock(mutex);
        if (!signals.token().stop_requested()) round = std::stop_source();
        token = round.get_token();
      }
      if (!first) reload();
      log_.info("started", {{"deliveries", std::to_string(configuration_.deliveries.size())},
                            {"policies", std::to_string(configuration_.policies.size())},
                            {"version", kVersion}});
      const auto shared = environment();
      puller::Puller(shared, system_random(), log_, options_.concurrency).run(token);
    }
    log_.info("stopped");
    return kSuccess;
  }

  // A configuration that cannot be read changes nothing: the one in force stays.
  void reload() {
    auto configuration = puller::load_configuration(system_files(), options_.config);
    if (configuration) {
      configuration_ = *std::move(configuration);
      log_.info("configuration read again");
    } else {
      log_.error("the new configuration is wrong; the old one stays in force",
                 {{"reason", configuration.error().message()}});
    }
  }

  const PullerOptions& options_;
  Logger log_;
  std::unique_ptr<HttpTransport> transport_;
  oci::RepositoryEnvironment repositories_;
  puller::ArtifactCache cache_;
  puller::StateStore states_;
  std::unique_ptr<puller::DecisionLog> decisions_;
  std::shared_ptr<void> lock_;
  puller::Configuration configuration_;
  std::optional<Cluster> cluster_;
};

int run(const PullerOptions& options) {
  if (!options.check_record.empty()) return check_record(options);
  return Program(options, Logger::to_stderr(options.log_format, options.log_level)).run();
}

}  // namespace
}  // namespace sealift::program

int main(int argc, char** argv) {
  auto options = sealift::program::parse_puller_options(argc, argv);
  if (const auto* code = std::get_if<int>(&options)) return *code;
  return sealift::program::run(std::get<sealift::program::PullerOptions>(options));
}
