#include "puller_resources.h"

#include <sealift/base/random.h>
#include <sealift/controller/account_rule.h>
#include <sealift/controller/cluster_secrets.h>
#include <sealift/controller/delivery_api.h>
#include <sealift/controller/delivery_inventory.h>
#include <sealift/controller/delivery_record.h>
#include <sealift/controller/event_recorder.h>
#include <sealift/controller/finalizer_release.h>
#include <sealift/controller/policy_status_writer.h>
#include <sealift/controller/remote_clusters.h>
#include <sealift/controller/remote_inventory.h>
#include <sealift/controller/report_events.h>
#include <sealift/controller/resource_feed.h>
#include <sealift/controller/status_writer.h>
#include <sealift/kube/lease.h>
#include <sealift/puller/cache_tidying.h>

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <utility>

#include "delivery_listeners.h"
#include "exit_code.h"
#include "signals.h"
#include "version.h"

namespace sealift::program {
namespace {

std::string host_name() {
  if (const char* pod = std::getenv("POD_NAME"); pod != nullptr && *pod != '\0') return pod;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "sealift-puller";
  return name.data();
}

std::vector<endpoints::Check> checks_of(const controller::ResourceFeed::State& state) {
  std::vector<endpoints::Check> checks;
  checks.push_back({"resources", state.synced ? "" : "Deliveries and policies are not known yet"});
  for (const auto& problem : state.problems) checks.push_back({"watches", problem});
  return checks;
}

// What the feed tells, on its way to the puller.
class ResourceSink : public controller::DeliverySink {
 public:
  ResourceSink(Logger log, controller::RemoteClusters& remotes, PullerReports& reports)
      : log_(std::move(log)), remotes_(remotes), reports_(reports) {}

  void attach(puller::Puller* puller) { puller_ = puller; }

  artifacts::Policies policies() const {
    const std::scoped_lock lock(mutex_);
    return policies_;
  }

  void put(delivery::Delivery delivery) override {
    const auto id = delivery.id();
    reports_.expect(id);
    // Whoever changes a Delivery or asks for a run may have changed the Secret before.
    remotes_.distrust(id);
    puller_->put(std::move(delivery));
  }

  void remove(const std::string& id) override {
    puller_->remove(id);
    remotes_.close(id);
    reports_.forget(id);
  }

  void set_policies(controller::Policies policies) override {
    if (!policies.problem.empty()) {
      log_.error("a TrustPolicy is wrong; the policies of before stay in force",
                 {{"reason", policies.problem}});
    }
    {
      const std::scoped_lock lock(mutex_);
      policies_ =
          std::make_shared<const std::vector<signing::TrustPolicy>>(std::move(policies.policies));
    }
    puller_->wake_all();
  }

  void wake(const std::string& id) override { puller_->wake(id); }

 private:
  Logger log_;
  controller::RemoteClusters& remotes_;
  PullerReports& reports_;
  puller::Puller* puller_ = nullptr;
  mutable std::mutex mutex_;
  artifacts::Policies policies_ = std::make_shared<const std::vector<signing::TrustPolicy>>();
};

class ResourcePuller {
 public:
  ResourcePuller(const PullerOptions& options, Logger log)
      : options_(options), log_(log), base_(options, std::move(log)) {}

  int run() {
    if (auto opened = base_.open_cluster(); !opened) return report(opened.error());
    if (auto opened = base_.open_state(); !opened) return report(opened.error());
    if (auto started = base_.endpoints.start(); !started) return report(started.error());
    const Signals signals;
    log_.info("started",
              {{"version", kVersion}, {"cluster", base_.cluster->client.access().description}});
    if (options_.leader_elect) {
      elect(signals.token());
    } else {
      lead(signals.token());
    }
    log_.info("stopped");
    return kSuccess;
  }

 private:
  static int report(const Error& error) {
    std::cerr << "sealift-puller: " << error.message() << "\n";
    return exit_code_of(error.code());
  }

  void elect(const std::stop_token& stop) {
    kube::LeaseOptions lease;
    lease.name_space = options_.lease_namespace.empty()
                           ? base_.cluster->client.access().default_namespace
                           : options_.lease_namespace;
    lease.name = options_.lease_name;
    lease.identity = kube::lease_identity(host_name(), system_random());
    kube::LeaderElector elector(base_.cluster->client, std::move(lease), log_, [this] {
      // Somebody else may lead by now: nothing more may be written by this process.
      log_.error("the lease is over and work of it did not end; the process ends");
      std::_Exit(kFailure);
    });
    base_.endpoints.set_standby([&elector] { return elector.problem(); });
    elector.run([this](std::stop_token leading) { lead(std::move(leading)); }, stop);
    base_.endpoints.set_standby([] { return std::string("the election is over"); });
  }

  struct Writers {
    controller::StatusWriter& statuses;
    controller::LeftBehind left_behind;
  };

  Result<std::unique_ptr<target::Target>> open_target(const delivery::Delivery& delivery,
                                                      const Logger& log, const Writers& writers) {
    if (!delivery.kube_config.secret_name.empty()) {
      return open_remote_target(delivery, log, writers);
    }
    remotes_->close(delivery.id());  // of a spec that named one
    SEALIFT_ASSIGN(auto inventory,
                   controller::make_delivery_inventory(delivery, *records_, *api_, writers.statuses,
                                                       writers.left_behind));
    return target::make_cluster_target(delivery, base_.cluster->target(), std::move(inventory),
                                       system_clock(), log);
  }

  Result<std::unique_ptr<target::Target>> open_remote_target(const delivery::Delivery& delivery,
                                                             const Logger& log,
                                                             const Writers& writers) {
    SEALIFT_ASSIGN(auto cluster, remotes_->open(delivery, {}));
    if (auto record = controller::record_of(delivery, *records_); !record) {
      // It went while this run began, and nobody would let go of the cluster any more.
      remotes_->close(delivery.id());
      return fail(std::move(record).error());
    }
    if (!cluster) return nullptr;
    SEALIFT_ASSIGN(auto inventory,
                   controller::make_remote_inventory(
                       delivery,
                       {cluster->client().access().server_url,
                        target::make_config_map_inventory(delivery, cluster->client())},
                       *records_, *api_, writers.statuses, writers.left_behind));
    target::TargetCluster target{cluster->client(), cluster->resources(), cluster->view(), cluster};
    target.is_current = [this, &delivery, &remote = *cluster](bool doubted) {
      if (!controller::record_of(delivery, *records_)) return true;
      if (doubted) remotes_->distrust(delivery.id());
      return remotes_->is_current(delivery, remote, {});
    };
    target.reach = [&remote = *cluster]() -> Result<std::string> {
      SEALIFT_ASSIGN(const bool answers, remote.reach());
      return answers ? std::string() : "an answer of the remote cluster";
    };
    return target::make_cluster_target(delivery, target, std::move(inventory), system_clock(), log);
  }

  PullerEndpoints::Sources sources(puller::Puller& puller, const controller::ResourceFeed& feed,
                                   const controller::StatusWriter& statuses,
                                   const controller::EventRecorder& events) {
    auto sources = base_.sources(puller);
    sources.ready = [&feed] { return checks_of(feed.state()); };
    sources.snapshot = [this, of_all = std::move(sources.snapshot), &feed, &statuses,
                        &events](endpoints::PullerSnapshot& snapshot) {
      of_all(snapshot);
      snapshot.stalled += feed.state().not_run;
      const auto remotes = remotes_->counts();
      snapshot.watches += remotes.watches;
      snapshot.remote_clusters = remotes.clusters;
      snapshot.remote_clusters_away = remotes.away;
      const auto of_statuses = statuses.counts();
      snapshot.statuses_written = of_statuses.written;
      snapshot.statuses_failed = of_statuses.failed;
      snapshot.statuses_waiting = of_statuses.waiting;
      const auto of_events = events.counts();
      snapshot.events_written = of_events.written;
      snapshot.events_aggregated = of_events.aggregated;
      snapshot.events_dropped = of_events.dropped;
    };
    return sources;
  }

  // From the first watch to the last write.
  void lead(std::stop_token stop) {
    auto& cluster = *base_.cluster;
    records_.emplace();
    api_.emplace(cluster.client);
    controller::ClusterSecrets secrets(cluster.client);
    controller::EventRecorder events(cluster.client, host_name(), system_clock(), system_random(),
                                     log_);
    controller::StatusWriter statuses(*api_, *records_, system_clock(), system_random(), log_);
    controller::PolicyStatusWriter policy_statuses(cluster.client, system_clock(), system_random(),
                                                   log_);
    controller::FinalizerRelease farewell(*api_, *records_, system_clock(), system_random(), log_);
    controller::ReportEvents report_events(events, options_.all_events
                                                       ? controller::EventLevel::kAll
                                                       : controller::EventLevel::kWarnings);
    remotes_.emplace(
        secrets,
        kube::ClientEnvironment{base_.outer_transport, system_files(), system_clock(),
                                system_random()},
        [this](const kube::ApiClient& client, kube::ResourceMap& resources) {
          return std::make_unique<members::ClusterView>(
              client, resources, system_clock(), log_,
              [this](const std::string& set) { base_.waker.wake_set(set); });
        },
        [this](const std::string& id) { base_.waker.wake(id); }, log_);
    const Writers writers{
        statuses, [this, &events](const delivery::Delivery& delivery, const std::string& note) {
          log_.warning("the target cluster is another one",
                       {{"delivery", delivery.id()}, {"reason", note}});
          events.record(controller::cluster_changed_event(delivery, note));
        }};
    ResourceSink sink(log_, *remotes_, base_.endpoints.reports());
    const puller::RunEnvironment environment{
        base_.artifacts,
        secrets,
        base_.states,
        *base_.decisions,
        system_clock(),
        base_.deadlines,
        system_random(),
        [&sink] { return sink.policies(); },
        [&](const delivery::Delivery& delivery, const Logger& log) {
          return open_target(delivery, log, writers);
        },
        base_.identity};
    DeliveryListeners listeners{&statuses, &report_events, &farewell, &base_.endpoints.reports()};
    auto puller = std::make_unique<puller::Puller>(
        environment, &listeners, log_,
        puller::PullerOptions{
            .max_parallel = options_.concurrency,
            .cross_namespace_dependencies = options_.cross_namespace_dependencies});
    sink.attach(puller.get());
    base_.waker.attach(puller.get());
    {
      controller::ResourceFeed feed(
          cluster.client, {options_.watch_namespaces, options_.shard_selector},
          {options_.default_service_account, options_.allow_own_identity},
          {*records_, sink, statuses, policy_statuses, farewell, events, base_.roots}, log_);
      base_.endpoints.attach(sources(*puller, feed, statuses, events));
      feed.start();
      const puller::CacheTidier tidier(*puller, base_.artifacts, system_clock(), log_);
      puller->run(std::move(stop));
      base_.endpoints.attach({});
    }
    base_.waker.attach(nullptr);
    // Its targets use the remote clusters, and end before them.
    puller.reset();
    remotes_.reset();
    // Whoever leads now shows them.
    base_.endpoints.reports().forget_all();
  }

  const PullerOptions& options_;
  Logger log_;
  PullerBase base_;
  std::optional<controller::DeliveryRecords> records_;
  std::optional<controller::DeliveryApi> api_;
  std::optional<controller::RemoteClusters> remotes_;
};

}  // namespace

int run_with_resources(const PullerOptions& options, Logger log) {
  return ResourcePuller(options, std::move(log)).run();
}

}  // namespace sealift::program
