#include <sealift/base/backoff.h>
#include <sealift/base/random.h>
#include <sealift/controller/policy_set.h>
#include <sealift/controller/resource_feed.h>
#include <sealift/kube/watch.h>
#include <sealift/roots/root_watch.h>
#include <sealift/signing/trust_policy.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "delivery_feed.h"

namespace sealift::controller {
namespace {

constexpr Backoff kWatchAgain{std::chrono::milliseconds(500), std::chrono::milliseconds(30'000)};

}  // namespace

struct ResourceFeed::Impl {
  kube::ApiClient client;
  FeedScope scope;
  AccountRule accounts;
  Parts parts;
  Logger log;

  mutable std::mutex mutex;
  PolicySet policies;
  std::string root_faults;  // that were told
  DeliveryFeed deliveries;
  std::set<std::string> unsynced;               // watches that have not told everything once
  std::map<std::string, std::string> problems;  // by watch
  bool open = false;
  // The last members: they use the others.
  std::vector<std::jthread> threads;
  std::optional<roots::RootWatch> root_watch;

  Impl(kube::ApiClient own, FeedScope what, AccountRule rule, Parts with, Logger logger)
      : client(std::move(own)),
        scope(std::move(what)),
        accounts(std::move(rule)),
        parts(with),
        log(std::move(logger)),
        policies(parts.roots),
        deliveries(accounts, parts, log) {}

  using Handler = std::function<void(kube::WatchEvent)>;
  // What may take its time, before the lock is taken.
  using Preparation = std::function<void(const kube::WatchEvent&)>;
  // Watches until stopped, whatever the server says.
  void keep_watching(const std::string& name, const kube::Resource& resource,
                     const kube::WatchOptions& options, const Preparation& prepare,
                     const Handler& handler, std::stop_token stop);
  void learn_root(const kube::WatchEvent& event);
  void look_at_roots();
  void on_policy(kube::WatchEvent event);
  void on_delivery(const std::string& name_space, kube::WatchEvent event);
  void tell_policies();
  void tell_invalid_policies();
  void tell_verdicts();
  void synced(const std::string& name);
};

void ResourceFeed::Impl::keep_watching(const std::string& name, const kube::Resource& resource,
                                       const kube::WatchOptions& options,
                                       const Preparation& prepare, const Handler& handler,
                                       std::stop_token stop) {
  auto& clock = client.environment().clock;
  std::uint32_t failures = 0;
  while (!stop.stop_requested()) {
    const auto on_event = [&](kube::WatchEvent event) -> Result<> {
      if (prepare) prepare(event);
      std::scoped_lock lock(mutex);
      if (event.type != kube::WatchEvent::Type::kReset) {
        failures = 0;
        problems.erase(name);
      }
      if (!stop.stop_requested()) handler(std::move(event));
      return {};
    };
    auto ended = kube::watch(client, resource, options, on_event, stop);
    if (stop.stop_requested()) return;
    const auto message = ended ? "the watch on " + name + " ended" : ended.error().message();
    log.error("the cluster does not let us watch what we must; trying again",
              {{"watch", name}, {"reason", message}});
    {
      std::scoped_lock lock(mutex);
      problems.insert_or_assign(name, message);
    }
    const auto chance = random_fraction(client.environment().random);
    clock.sleep_until(clock.steady_now() + kWatchAgain.delay(++failures, chance), stop);
  }
}

void ResourceFeed::Impl::tell_invalid_policies() {
  for (const auto& invalid : policies.take_invalid()) {
    log.error("a TrustPolicy is not valid, so no change of any policy is in force",
              {{"policy", invalid.name}, {"reason", invalid.message}});
    parts.events.record(
        {{trust_policies().gvk, "", invalid.name, invalid.uid},
         Event::Type::kWarning,
         "InvalidPolicy",
         "Load",
         "the policies that were in force before stay in force, all of them: " + invalid.message});
  }
}

void ResourceFeed::Impl::tell_policies() {
  tell_invalid_policies();
  if (!open) return;
  auto change = policies.take_change();
  if (!change) return;
  parts.sink.set_policies(*std::move(change));
  tell_verdicts();
}

// What the statuses say is what is in force, so not before that is decided.
void ResourceFeed::Impl::tell_verdicts() {
  if (open) parts.policy_statuses.judged(policies.verdicts(client.environment().clock.now()));
}

// A policy comes into force with its root, and not without it for a moment.
void ResourceFeed::Impl::learn_root(const kube::WatchEvent& event) {
  if (event.object.find_path({"spec", "trustedRoot", "folder"}) == nullptr) return;
  const auto policy = signing::parse_trust_policy(event.object, "TrustPolicy");
  if (policy) parts.roots.learn(*policy);
}

// Folders change and grow old by themselves.
void ResourceFeed::Impl::look_at_roots() {
  std::unique_lock lock(mutex);
  const auto folders = policies.root_folders();
  lock.unlock();
  if (folders.empty()) return;
  parts.roots.refresh(folders);
  lock.lock();
  policies.look_at_roots();
  tell_policies();
  auto faults = policies.root_faults(client.environment().clock.now());
  if (faults == root_faults) return;
  root_faults = std::move(faults);
  if (!root_faults.empty()) {
    log.error("a TrustPolicy cannot believe its root", {{"reason", root_faults}});
  }
  tell_verdicts();
}

void ResourceFeed::Impl::synced(const std::string& name) {
  unsynced.erase(name);
  if (!unsynced.empty() || open) return;
  open = true;
  log.info("the cluster's Deliveries and TrustPolicies are known",
           {{"deliveries", std::to_string(deliveries.size())},
            {"policies", std::to_string(policies.size())}});
  tell_policies();
  deliveries.open();
}

void ResourceFeed::Impl::on_policy(kube::WatchEvent event) {
  switch (event.type) {
    case kube::WatchEvent::Type::kReset:
      parts.policy_statuses.forget_versions();
      return policies.reset();
    case kube::WatchEvent::Type::kAdded:
    case kube::WatchEvent::Type::kModified:
      parts.policy_statuses.observed(event.object);
      policies.put(event.object);
      return tell_policies();
    case kube::WatchEvent::Type::kDeleted:
      policies.remove(event.object);
      return tell_policies();
    case kube::WatchEvent::Type::kSynced:
      policies.synced();
      tell_policies();
      // After a watch began anew the statuses may be older than what was written.
      tell_verdicts();
      return synced("trustpolicies");
  }
}

void ResourceFeed::Impl::on_delivery(const std::string& name_space, kube::WatchEvent event) {
  switch (event.type) {
    case kube::WatchEvent::Type::kReset:
      return deliveries.reset(name_space);
    case kube::WatchEvent::Type::kAdded:
    case kube::WatchEvent::Type::kModified:
      return deliveries.put(event.object);
    case kube::WatchEvent::Type::kDeleted:
      return deliveries.remove(event.object);
    case kube::WatchEvent::Type::kSynced:
      deliveries.synced(name_space);
      return synced("deliveries of " + name_space);
  }
}

ResourceFeed::ResourceFeed(kube::ApiClient client, FeedScope scope, AccountRule accounts,
                           Parts parts, Logger log)
    : impl_(std::make_unique<Impl>(std::move(client), std::move(scope), std::move(accounts), parts,
                                   std::move(log))) {}

ResourceFeed::~ResourceFeed() {
  for (auto& thread : impl_->threads) thread.request_stop();
}

void ResourceFeed::start() {
  const auto& given = impl_->scope.name_spaces;
  std::set<std::string> name_spaces(given.begin(), given.end());
  if (name_spaces.empty()) name_spaces.emplace();
  impl_->unsynced.insert("trustpolicies");
  for (const auto& name_space : name_spaces) impl_->unsynced.insert("deliveries of " + name_space);
  impl_->threads.emplace_back([this](std::stop_token stop) {
    impl_->keep_watching(
        "trustpolicies", trust_policies(), {},
        [this](const kube::WatchEvent& event) { impl_->learn_root(event); },
        [this](kube::WatchEvent event) { impl_->on_policy(std::move(event)); }, std::move(stop));
  });
  for (const auto& name_space : name_spaces) {
    impl_->threads.emplace_back([this, name_space](std::stop_token stop) {
      const kube::WatchOptions options{name_space, impl_->scope.label_selector, false};
      impl_->keep_watching(
          name_space.empty() ? "deliveries" : "deliveries of namespace " + name_space, deliveries(),
          options, nullptr,
          [this, name_space](kube::WatchEvent event) {
            impl_->on_delivery(name_space, std::move(event));
          },
          std::move(stop));
    });
  }
  impl_->root_watch.emplace(impl_->client.environment().clock, [this] { impl_->look_at_roots(); });
}

ResourceFeed::State ResourceFeed::state() const {
  std::scoped_lock lock(impl_->mutex);
  State state;
  state.synced = impl_->open;
  state.policies_valid = impl_->policies.is_valid();
  state.policies = impl_->policies.size();
  state.deliveries = impl_->deliveries.size();
  state.not_run = impl_->deliveries.not_run();
  for (const auto& [name, problem] : impl_->problems) state.problems.push_back(problem);
  return state;
}

}  // namespace sealift::controller
