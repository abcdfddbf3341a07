#include "puller_files.h"

#include <sealift/base/json.h>
#include <sealift/base/random.h>
#include <sealift/delivery/configuration.h>
#include <sealift/puller/cache_tidying.h>
#include <sealift/roots/root_watch.h>
#include <sealift/target/directory_target.h>

#include <iostream>
#include <mutex>

#include "exit_code.h"
#include "signals.h"
#include "version.h"

namespace sealift::program {
namespace {

using puller::DeliveryOutcome;
using Kind = puller::RunOutcome::Kind;

Json to_json(const DeliveryOutcome& entry) {
  const auto& outcome = entry.outcome;
  Json json;
  json.set("delivery", entry.delivery);
  json.set("outcome", puller::to_string(outcome.kind));
  if (outcome.digest) json.set("digest", outcome.digest->to_string());
  if (outcome.rolled_back_from) json.set("rolledBackFrom", outcome.rolled_back_from->to_string());
  json.set("applied", static_cast<std::uint64_t>(outcome.applied));
  json.set("pruned", static_cast<std::uint64_t>(outcome.pruned));
  json.set("unchanged", static_cast<std::uint64_t>(outcome.unchanged));
  json.set("drifted", static_cast<std::uint64_t>(outcome.drifted));
  if (outcome.registry_away) json.set("registryAway", outcome.registry_away->message());
  if (outcome.not_fresh) json.set("notFresh", true);
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

class FilePuller {
 public:
  FilePuller(const PullerOptions& options, Logger log)
      : options_(options), log_(log), base_(options, std::move(log)) {}

  int run() {
    auto configuration = delivery::load_configuration(system_files(), options_.config);
    if (!configuration) return report(configuration.error());
    take(*std::move(configuration));
    if (auto opened = base_.open_state(); !opened) return report(opened.error());
    if (auto opened = base_.open_cluster(); !opened) return report(opened.error());
    if (auto started = base_.endpoints.start(); !started) return report(started.error());
    if (configuration_.deliveries.empty()) {
      log_.warning("the configuration has no Delivery, so nothing is delivered",
                   {{"config", options_.config}});
    }
    return options_.once ? run_once() : run_loop();
  }

 private:
  void take(delivery::Configuration configuration) {
    // Who is not in it any more must not be counted any more.
    for (const auto& delivery : configuration_.deliveries) {
      base_.endpoints.reports().forget(delivery.id());
    }
    configuration_ = std::move(configuration);
    for (const auto& delivery : configuration_.deliveries) {
      base_.endpoints.reports().expect(delivery.id());
    }
    for (auto& policy : configuration_.policies) roots::give_root(base_.roots, policy);
    put_in_force();
  }

  void put_in_force() {
    auto policies =
        std::make_shared<const std::vector<signing::TrustPolicy>>(configuration_.policies);
    const std::scoped_lock lock(mutex_);
    policies_ = std::move(policies);
  }

  artifacts::Policies policies() const {
    const std::scoped_lock lock(mutex_);
    return policies_;
  }

  // While a puller runs nobody else touches the configuration's policies.
  void look_at_roots(puller::Puller& puller) {
    std::vector<signing::RootFolder> folders;
    for (const auto& policy : configuration_.policies) {
      if (policy.root_folder) folders.push_back(*policy.root_folder);
    }
    if (folders.empty()) return;
    base_.roots.refresh(folders);
    bool is_news = false;
    for (auto& policy : configuration_.policies) {
      if (!base_.roots.give(policy)) continue;
      is_news = true;
      const auto& problem = policy.root_folder->problem;
      if (problem.empty()) {
        log_.info("a trust folder was read", {{"folder", policy.root_folder->name}});
      } else {
        log_.error("a trust folder cannot be believed as it is now",
                   {{"folder", policy.root_folder->name}, {"reason", problem}});
      }
    }
    if (!is_news) return;
    put_in_force();
    puller.wake_all();
  }

  Result<std::unique_ptr<target::Target>> open_target(const delivery::Delivery& delivery,
                                                      const Logger& log) {
    if (!delivery.kube_config.secret_name.empty()) {
      return fail(ErrorCode::kInvalidInput,
                  delivery.id() +
                      " has spec.kubeConfig, which only a Delivery that is a custom resource may "
                      "have: a puller of files delivers into the cluster that --kubeconfig names");
    }
    if (!options_.directory.empty()) {
      return target::make_directory_target(system_files(), options_.directory, delivery, log);
    }
    auto& cluster = *base_.cluster;
    return target::make_cluster_target(delivery, cluster.target(),
                                       target::make_config_map_inventory(delivery, cluster.client),
                                       system_clock(), log);
  }

  puller::RunEnvironment environment() {
    return {base_.artifacts,
            configuration_,
            base_.states,
            *base_.decisions,
            system_clock(),
            base_.deadlines,
            system_random(),
            [this] { return policies(); },
            [this](const delivery::Delivery& delivery, const Logger& log) {
              return open_target(delivery, log);
            },
            base_.identity};
  }

  // A puller of the configuration in force, for as long as `work` takes.
  template <typename Work>
  auto with_puller(const Work& work) {
    const auto shared = environment();
    puller::Puller puller(shared, &base_.endpoints.reports(), log_,
                          {.max_parallel = options_.concurrency});
    for (const auto& delivery : configuration_.deliveries) puller.put(delivery);
    base_.waker.attach(&puller);
    base_.endpoints.attach(base_.sources(puller));
    struct Detach {
      PullerBase& base;
      ~Detach() {
        base.endpoints.attach({});
        base.waker.attach(nullptr);
      }
    } const detach{base_};
    return work(puller);
  }

  int run_once() {
    const Signals signals;
    const auto outcomes = with_puller([&](puller::Puller& puller) {
      auto ended = puller.run_once(signals.token());
      if (auto tidied = puller::tidy_cache(puller, base_.artifacts); !tidied) {
        log_.warning("the cache could not be tidied", {{"reason", tidied.error().message()}});
      }
      return ended;
    });
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
      with_puller([&](puller::Puller& puller) {
        const puller::CacheTidier tidier(puller, base_.artifacts, system_clock(), log_);
        const roots::RootWatch watch(system_clock(), [&] { look_at_roots(puller); });
        puller.run(token);
      });
    }
    log_.info("stopped");
    return kSuccess;
  }

  // A configuration that cannot be read changes nothing: the one in force stays.
  void reload() {
    auto configuration = delivery::load_configuration(system_files(), options_.config);
    if (configuration) {
      take(*std::move(configuration));
      log_.info("configuration read again");
    } else {
      log_.error("the new configuration is wrong; the old one stays in force",
                 {{"reason", configuration.error().message()}});
    }
  }

  const PullerOptions& options_;
  Logger log_;
  PullerBase base_;
  delivery::Configuration configuration_;
  mutable std::mutex mutex_;
  artifacts::Policies policies_;
};

}  // namespace

int run_with_files(const PullerOptions& options, Logger log) {
  return FilePuller(options, std::move(log)).run();
}

}  // namespace sealift::program
