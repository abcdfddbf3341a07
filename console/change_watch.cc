#include <sealift/console/change_watch.h>
#include <sealift/console/cluster_objects.h>
#include <sealift/kube/apply.h>
#include <sealift/kube/watch.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

namespace sealift::console {

std::string WatchedPlace::key() const {
  return resource.path(name_space, name) + "?" + label_selector;
}

WatchedPlace place_of_parent(const KnownDelivery& delivery) {
  const auto& parent = delivery.parent;
  if (parent.kind == "Delivery") return {delivery_resource(), parent.name_space, "", parent.name};
  return {kube::config_maps(), parent.name_space,
          std::string(kube::kApplySetIdLabel) + "=" + parent.applyset_id, parent.name};
}

std::vector<WatchedPlace> places_of_members(const KnownDelivery& delivery, const Members& members) {
  std::vector<WatchedPlace> places;
  for (const auto& list : members.lists) {
    places.push_back({list.resource, list.name_space, member_selector(delivery.parent), ""});
  }
  return places;
}

struct ChangeWatch::Impl {
  kube::ApiClient client;
  std::mutex mutex;
  bool has_changed = false;
  std::stop_source waiting;  // requested when something changes
  std::vector<std::string> refusals;
  std::set<std::string> refused;                // keys of places that were told
  std::map<std::string, std::jthread> watches;  // the last member: they use the others

  explicit Impl(kube::ApiClient own) : client(std::move(own)) {}

  void ring() {
    std::stop_source woken;
    {
      const std::scoped_lock lock(mutex);
      has_changed = true;
      woken = waiting;
    }
    woken.request_stop();
  }
  void watch(const WatchedPlace& place, std::stop_token stop);
};

void ChangeWatch::Impl::watch(const WatchedPlace& place, std::stop_token stop) {
  using Type = kube::WatchEvent::Type;
  bool synced = false;
  const auto on_event = [&](kube::WatchEvent event) -> Result<> {
    if (event.type == Type::kReset) synced = false;
    if (event.type == Type::kSynced) synced = true;
    const bool other = !event.object.is_null() && !place.name.empty() &&
                       event.object.string_at({"metadata", "name"}) != place.name;
    if (synced && !other) ring();
    return {};
  };
  const auto ended = kube::watch(client, place.resource,
                                 {place.name_space, place.label_selector, true}, on_event, stop);
  if (ended || stop.stop_requested()) return;
  {
    const std::scoped_lock lock(mutex);
    if (refused.insert(place.key()).second) refusals.push_back(ended.error().message());
  }
  ring();
}

ChangeWatch::ChangeWatch(kube::ApiClient client)
    : impl_(std::make_unique<Impl>(std::move(client))) {}

ChangeWatch::~ChangeWatch() {
  // All at once, so that none waits for another.
  for (auto& [key, thread] : impl_->watches) thread.request_stop();
}

void ChangeWatch::follow(const std::vector<WatchedPlace>& places) {
  std::set<std::string> wanted;
  for (const auto& place : places) {
    const auto key = place.key();
    wanted.insert(key);
    if (impl_->watches.contains(key)) continue;
    impl_->watches.emplace(key, std::jthread([this, place](std::stop_token stop) {
                             impl_->watch(place, std::move(stop));
                           }));
  }
  std::erase_if(impl_->watches, [&](const auto& watch) { return !wanted.contains(watch.first); });
}

void ChangeWatch::wait(std::chrono::milliseconds at_most, std::stop_token stop) {
  std::stop_source wake;
  {
    const std::scoped_lock lock(impl_->mutex);
    if (std::exchange(impl_->has_changed, false)) return;
    impl_->waiting = wake;
  }
  const std::stop_callback on_stop(stop, [&] { wake.request_stop(); });
  auto& clock = impl_->client.environment().clock;
  clock.sleep_until(clock.steady_now() + at_most, wake.get_token());
  const std::scoped_lock lock(impl_->mutex);
  impl_->has_changed = false;
}

std::vector<std::string> ChangeWatch::take_refusals() {
  const std::scoped_lock lock(impl_->mutex);
  return std::exchange(impl_->refusals, {});
}

}  // namespace sealift::console
