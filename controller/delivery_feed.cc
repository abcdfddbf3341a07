#include "delivery_feed.h"

#include <sealift/base/encoding.h>

#include <algorithm>
#include <utility>

namespace sealift::controller {

void DeliveryFeed::reset(std::string_view scope) {
  parts_.records.forget_versions(scope);
  auto& unseen = unseen_[std::string(scope)];
  for (auto& id : parts_.records.ids(scope)) unseen.insert(std::move(id));
}

void DeliveryFeed::refuse(const LiveDelivery& live, const Error& error, std::string_view reason) {
  log_.warning(
      "a Delivery is not run",
      {{"delivery", live.id()}, {"reason", std::string(reason)}, {"message", error.message()}});
  auto message = error.message();
  const bool leaves = live.trigger.deleting && live.has_finalizer();
  if (leaves && !live.may_have_objects()) {
    return parts_.farewell.let_go(live.id(), live.trigger.uid);
  }
  if (leaves) {
    parts_.farewell.not_run(live.id(), live.trigger.uid, message);
    message +=
        "; it is being deleted, and its objects can only be removed when this is mended. To "
        "leave them where they are, remove the finalizer " +
        std::string(kFinalizer) + " from it";
  }
  parts_.statuses.not_run(live.id(),
                          {reason, message, live.trigger.generation, live.trigger.request});
  parts_.events.record({{deliveries().gvk, live.name_space, live.name, live.trigger.uid},
                        Event::Type::kWarning,
                        std::string(reason),
                        "Deliver",
                        message});
}

std::optional<delivery::Delivery> DeliveryFeed::judge(const LiveDelivery& live,
                                                      const Json& object) {
  auto delivery = delivery::parse_delivery(object, "the cluster");
  if (!delivery) {
    refuse(live, delivery.error(), "InvalidSpec");
    return std::nullopt;
  }
  auto account = account_for(*delivery, accounts_);
  if (!account) {
    refuse(live, account.error(), "ServiceAccountRequired");
    return std::nullopt;
  }
  delivery->service_account_name = *std::move(account);
  return *std::move(delivery);
}

void DeliveryFeed::note_marks(Told& told, const LiveDelivery& live) {
  const bool was_marked = std::exchange(told.marked, live.is_marked());
  const bool lost = was_marked && !told.marked && !live.trigger.deleting;
  if (lost && told.runs && open_) parts_.sink.wake(live.id());
}

void DeliveryFeed::put(const Json& object) {
  auto live = observe_delivery(object);
  if (!live) {
    log_.error("a Delivery could not be read", {{"reason", live.error().message()}});
    return;
  }
  const auto id = live->id();
  for (auto& [scope, unseen] : unseen_) unseen.erase(id);
  const auto known = told_.find(id);
  if (known != told_.end() && known->second.trigger.uid != live->trigger.uid) {
    parts_.statuses.forget(id);
  }
  parts_.records.take(*live);
  if (known != told_.end() && known->second.trigger == live->trigger) {
    return note_marks(known->second, *live);
  }
  const bool ran = known != told_.end() && known->second.runs;
  auto delivery = judge(*live, object);
  told_[id] = {live->trigger, delivery.has_value(), live->is_marked()};
  if (!open_) {
    waiting_.erase(id);
    if (delivery) waiting_.emplace(id, *std::move(delivery));
  } else if (delivery) {
    parts_.sink.put(*std::move(delivery));
  } else if (ran) {
    parts_.sink.remove(id);
  }
}

void DeliveryFeed::forget(const std::string& id) {
  // First of all: whoever still runs it learns from the record that it has gone.
  parts_.records.erase(id);
  parts_.statuses.forget(id);
  waiting_.erase(id);
  if (told_.erase(id) > 0 && open_) parts_.sink.remove(id);
}

void DeliveryFeed::remove(const Json& object) {
  const auto id = std::string(object.string_at({"metadata", "namespace"})) + "/" +
                  std::string(object.string_at({"metadata", "name"}));
  for (auto& [scope, unseen] : unseen_) unseen.erase(id);
  forget(id);
}

void DeliveryFeed::synced(std::string_view scope) {
  const auto unseen = unseen_.extract(std::string(scope));
  if (unseen.empty()) return;
  for (const auto& id : unseen.mapped()) forget(id);
}

void DeliveryFeed::open() {
  open_ = true;
  for (auto& [id, delivery] : std::exchange(waiting_, {})) parts_.sink.put(std::move(delivery));
}

std::size_t DeliveryFeed::not_run() const {
  return static_cast<std::size_t>(std::count_if(
      told_.begin(), told_.end(), [](const auto& entry) { return !entry.second.runs; }));
}

}  // namespace sealift::controller
