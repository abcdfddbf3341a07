#include "puller_base.h"

#include <sealift/base/local_refusal.h>
#include <sealift/base/random.h>
#include <sealift/kube/kube_config.h>

#include <malloc.h>

#include "environment_variable.h"
#include "version.h"

namespace sealift::program {
namespace {

Result<kube::ClusterAccess> cluster_access(const PullerOptions& options) {
  if (!options.kubeconfig.empty()) {
    return kube::load_kubeconfig(system_files(), options.kubeconfig, options.context);
  }
  auto access = kube::load_in_cluster(system_files());
  if (!access && access.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "no cluster to deliver to: give --kubeconfig, set KUBECONFIG, run in a pod with a "
                "service account, or deliver into files with --config and --target dir:PATH");
  }
  return access;
}

// With files, the operator writes the Deliveries too.
std::unique_ptr<HttpTransport> make_outer_network(const PullerOptions& options) {
  if (!options.config.empty() || options.allow_local_addresses) return nullptr;
  return make_curl_transport(
      std::string("sealift-puller/") + kVersion,
      LocalRefusal{"name a server elsewhere, or have the puller's operator permit such addresses "
                   "with --allow-local-addresses"});
}

}  // namespace

PullerCluster::PullerCluster(kube::ApiClient api, PullerWaker& waker, Logger log)
    : client(std::move(api)),
      resources(client),
      view(client, resources, system_clock(), std::move(log),
           [&waker](const std::string& set) { waker.wake_set(set); }) {}

PullerBase::PullerBase(const PullerOptions& wishes, Logger logger)
    : options(wishes),
      log(std::move(logger)),
      network(make_curl_transport(std::string("sealift-puller/") + kVersion)),
      outer_network(make_outer_network(options)),
      heap(system_clock(), [] { malloc_trim(0); }),
      endpoints(options,
                {*network, outer_network ? *outer_network : *network, [this] { heap.note_work(); }},
                log),
      transport(endpoints.transport()),
      outer_transport(endpoints.outer_transport()),
      logins({transport, system_files(), system_clock(), &environment_variable},
             options.allowed_providers),
      repositories{outer_transport, system_files(), system_clock(), system_random(), &logins},
      cache(system_files(), join_path(wishes.state, "cache")),
      states(system_files(), join_path(wishes.state, "deliveries")),
      artifacts(repositories, cache, system_clock(), log,
                [this](const std::string& delivery) { waker.wake(delivery); }),
      roots(system_files(), wishes.trust_directory) {}

PullerEndpoints::Sources PullerBase::sources(puller::Puller& puller) {
  PullerEndpoints::Sources sources;
  sources.snapshot = [this, &puller](endpoints::PullerSnapshot& snapshot) {
    const auto counts = puller.counts();
    snapshot.queued_runs = counts.queued;
    snapshot.busy_workers = counts.running;
    if (cluster) snapshot.watches = cluster->view.counts().watches;
  };
  sources.ready = [] { return std::vector<endpoints::Check>{}; };
  sources.on_push = [this, &puller](const endpoints::Push& push) {
    for (const auto& id : artifacts.expire(push.repository, push.tag)) puller.wake(id);
  };
  return sources;
}

Result<> PullerBase::open_state() {
  SEALIFT_TRY(system_files().make_directories(options.state));
  auto lock = system_files().lock(join_path(options.state, "lock"));
  if (!lock && lock.error().code() == ErrorCode::kUnavailable) {
    return fail(std::move(lock).error().with_context("another puller uses the state directory " +
                                                     options.state));
  }
  if (!lock) return fail(std::move(lock).error());
  lock_ = *std::move(lock);
  SEALIFT_TRY(cache.remove_leftovers());
  SEALIFT_TRY(states.remove_leftovers());
  SEALIFT_ASSIGN(identity, states.identity(system_random()));
  const auto path =
      options.record.empty() ? join_path(options.state, "decisions.jsonl") : options.record;
  SEALIFT_ASSIGN(decisions, puller::DecisionLog::open(system_files(), path));
  return {};
}

Result<> PullerBase::open_cluster() {
  if (!options.directory.empty()) return {};
  SEALIFT_ASSIGN(auto access, cluster_access(options));
  cluster = std::make_unique<PullerCluster>(
      kube::ApiClient(std::move(access),
                      {transport, system_files(), system_clock(), system_random()}),
      waker, log);
  return {};
}

}  // namespace sealift::program
