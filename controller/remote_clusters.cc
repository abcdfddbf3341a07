#include <sealift/base/digest.h>
#include <sealift/controller/remote_clusters.h>

#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "reached_cluster.h"

namespace sealift::controller {
namespace {

constexpr std::chrono::seconds kReadAgain{60};
constexpr std::size_t kMaxClusters = 500;
// So that the kubeconfigs of one tenant leave room for those of others.
constexpr std::size_t kMaxOfNamespace = 200;

// What decides which kubeconfig a Delivery means.
struct Naming {
  std::string secret;
  std::string key;
  std::string account;
  bool operator==(const Naming&) const = default;
};

Naming naming_of(const delivery::Delivery& delivery) {
  return {delivery.kube_config.secret_name, delivery.kube_config.key,
          delivery.service_account_name};
}

struct Use {
  Naming naming;
  std::shared_ptr<ReachedCluster> cluster;
  SteadyTime read_at{};
  bool distrusted = false;
};

Result<std::string> kubeconfig_of(delivery::SecretSource& secrets,
                                  const delivery::Delivery& delivery, std::stop_token stop) {
  const auto& reference = delivery.kube_config;
  SEALIFT_ASSIGN(auto secret, secrets.secret(delivery, reference.secret_name, std::move(stop)));
  const std::vector<std::string> keys = reference.key.empty()
                                            ? std::vector<std::string>{"value", "value.yaml"}
                                            : std::vector<std::string>{reference.key};
  for (const auto& key : keys) {
    const auto found = secret.data.find(key);
    if (found != secret.data.end()) return std::move(found->second);
  }
  return fail(ErrorCode::kNotFound, "the Secret " + delivery.name_space + "/" +
                                        reference.secret_name + " has no key \"" + keys.front() +
                                        "\" with a kubeconfig; name the key in "
                                        "spec.kubeConfig.secretRef.key");
}

}  // namespace

struct RemoteClusters::Impl {
  delivery::SecretSource& secrets;
  kube::ClientEnvironment environment;
  MakeView make_view;
  Wake wake;
  Logger log;

  mutable std::mutex mutex;
  std::map<std::string, Use> uses;                                  // by Delivery
  std::map<std::string, std::weak_ptr<ReachedCluster>> by_content;  // by digest of the kubeconfig

  std::shared_ptr<ReachedCluster> fresh_use(const std::string& id, const Naming& naming);
  std::shared_ptr<ReachedCluster> any_use(const std::string& id, const Naming& naming);
  Result<std::shared_ptr<ReachedCluster>> cluster_for(const std::string& bytes,
                                                      const std::string& source);
  Result<> check_share(const delivery::Delivery& delivery, const RemoteCluster& wanted) const;
  Result<std::shared_ptr<ReachedCluster>> find_or_make(const delivery::Delivery& delivery,
                                                       const Naming& naming, std::stop_token stop);
  void on_change(const ReachedCluster& cluster);
};

std::shared_ptr<ReachedCluster> RemoteClusters::Impl::fresh_use(const std::string& id,
                                                                const Naming& naming) {
  std::scoped_lock lock(mutex);
  const auto found = uses.find(id);
  if (found == uses.end()) return nullptr;
  const auto& use = found->second;
  const bool fresh = use.naming == naming && !use.distrusted &&
                     environment.clock.steady_now() - use.read_at < kReadAgain;
  return fresh ? use.cluster : nullptr;
}

std::shared_ptr<ReachedCluster> RemoteClusters::Impl::any_use(const std::string& id,
                                                              const Naming& naming) {
  std::scoped_lock lock(mutex);
  const auto found = uses.find(id);
  return found != uses.end() && found->second.naming == naming ? found->second.cluster : nullptr;
}

Result<std::shared_ptr<ReachedCluster>> RemoteClusters::Impl::cluster_for(
    const std::string& bytes, const std::string& source) {
  const auto content = Digest::of(bytes).to_string();
  {
    std::scoped_lock lock(mutex);
    const auto found = by_content.find(content);
    if (found != by_content.end()) {
      if (auto known = found->second.lock()) return known;
    }
  }
  SEALIFT_ASSIGN(const auto access, kube::parse_kubeconfig(bytes, source, ""));
  auto made = std::make_shared<ReachedCluster>(
      access, environment, make_view, [this](const ReachedCluster& changed) { on_change(changed); },
      log);
  std::scoped_lock lock(mutex);
  // Somebody else may have been quicker; `made` goes after the lock then.
  if (auto known = by_content[content].lock()) return known;
  std::erase_if(by_content, [](const auto& entry) { return entry.second.expired(); });
  if (by_content.size() >= kMaxClusters) {
    return fail(ErrorCode::kInvalidInput, "the Deliveries of this puller name more than " +
                                              std::to_string(kMaxClusters) +
                                              " remote clusters: run several with a shard each");
  }
  by_content[content] = made;
  return made;
}

// With the mutex held.
Result<> RemoteClusters::Impl::check_share(const delivery::Delivery& delivery,
                                           const RemoteCluster& wanted) const {
  std::set<const RemoteCluster*> used;
  const auto prefix = delivery.name_space + "/";
  for (auto use = uses.lower_bound(prefix); use != uses.end() && use->first.starts_with(prefix);
       ++use) {
    if (use->first != delivery.id()) used.insert(use->second.cluster.get());
  }
  if (used.contains(&wanted) || used.size() < kMaxOfNamespace) return {};
  return fail(ErrorCode::kInvalidInput,
              "the Deliveries of namespace " + delivery.name_space + " name more than " +
                  std::to_string(kMaxOfNamespace) +
                  " remote clusters: divide them among several namespaces");
}

Result<std::shared_ptr<ReachedCluster>> RemoteClusters::Impl::find_or_make(
    const delivery::Delivery& delivery, const Naming& naming, std::stop_token stop) {
  const auto id = delivery.id();
  if (auto fresh = fresh_use(id, naming)) return fresh;
  auto bytes = kubeconfig_of(secrets, delivery, std::move(stop));
  if (!bytes) {
    // Our own API server being away says nothing about the other one.
    auto before = any_use(id, naming);
    if (before && bytes.error().code() == ErrorCode::kUnavailable) return before;
    return fail(std::move(bytes).error());
  }
  const auto source =
      "the kubeconfig in Secret " + delivery.name_space + "/" + delivery.kube_config.secret_name;
  SEALIFT_ASSIGN(auto cluster, cluster_for(*bytes, source));
  Use use{naming, cluster, environment.clock.steady_now(), false};
  Use before;  // goes after the lock: it may be the last user
  std::scoped_lock lock(mutex);
  SEALIFT_TRY(check_share(delivery, *cluster));
  before = std::exchange(uses[id], std::move(use));
  return cluster;
}

// From a thread of that cluster, which must never become its last owner: it would wait for itself.
void RemoteClusters::Impl::on_change(const ReachedCluster& cluster) {
  std::vector<std::string> ids;
  {
    std::scoped_lock lock(mutex);
    for (const auto& [id, use] : uses) {
      if (use.cluster.get() == &cluster) ids.push_back(id);
    }
  }
  for (const auto& id : ids) wake(id);
}

RemoteClusters::RemoteClusters(delivery::SecretSource& secrets, kube::ClientEnvironment environment,
                               MakeView make_view, Wake wake, Logger log)
    : impl_(new Impl{secrets,
                     environment,
                     std::move(make_view),
                     std::move(wake),
                     std::move(log),
                     {},
                     {},
                     {}}) {}

RemoteClusters::~RemoteClusters() {
  // Their threads look at the maps until they end.
  std::map<std::string, Use> uses;
  std::scoped_lock lock(impl_->mutex);
  uses.swap(impl_->uses);
}

Result<std::shared_ptr<RemoteCluster>> RemoteClusters::open(const delivery::Delivery& delivery,
                                                            std::stop_token stop) {
  SEALIFT_ASSIGN(auto cluster, impl_->find_or_make(delivery, naming_of(delivery), std::move(stop)));
  auto reached = cluster->reach();
  if (!reached) {
    // Perhaps because its address or its authority is another one by now.
    distrust(delivery.id());
    return fail(std::move(reached).error().with_context("Delivery " + delivery.id()));
  }
  if (!*reached) return std::shared_ptr<RemoteCluster>();
  return std::shared_ptr<RemoteCluster>(std::move(cluster));
}

bool RemoteClusters::is_current(const delivery::Delivery& delivery, const RemoteCluster& cluster,
                                std::stop_token stop) {
  const auto found = impl_->find_or_make(delivery, naming_of(delivery), std::move(stop));
  return found && found->get() == &cluster;
}

void RemoteClusters::distrust(const std::string& delivery_id) {
  std::scoped_lock lock(impl_->mutex);
  const auto found = impl_->uses.find(delivery_id);
  if (found != impl_->uses.end()) found->second.distrusted = true;
}

void RemoteClusters::close(const std::string& delivery_id) {
  decltype(impl_->uses)::node_type last;
  std::scoped_lock lock(impl_->mutex);
  last = impl_->uses.extract(delivery_id);
}

RemoteClusters::Counts RemoteClusters::counts() const {
  std::vector<std::shared_ptr<ReachedCluster>> all;
  {
    std::scoped_lock lock(impl_->mutex);
    for (const auto& [content, cluster] : impl_->by_content) {
      if (auto known = cluster.lock()) all.push_back(std::move(known));
    }
  }
  Counts counts;
  for (const auto& cluster : all) {
    ++counts.clusters;
    if (cluster->reachability().state() == Reachability::State::kAway) ++counts.away;
    counts.watches += cluster->view().counts().watches;
  }
  return counts;
}

}  // namespace sealift::controller
