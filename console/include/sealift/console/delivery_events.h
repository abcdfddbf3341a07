#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/console/change_watch.h>
#include <sealift/console/delivery_members.h>
#include <sealift/console/table.h>
#include <sealift/kube/api_client.h>

#include <stop_token>
#include <string>
#include <vector>

namespace sealift::console {

// One thing that happened to a Delivery or to one of its objects.
struct DeliveryEvent {
  std::string time;    // RFC 3339, of the last time
  std::string type;    // "Normal", "Warning"; "History" for an entry of status.history
  std::string reason;  // for history: the outcome
  std::string object;  // "Deployment/web", "Delivery/shop"
  std::string message;
  std::int64_t count = 1;

  bool operator==(const DeliveryEvent&) const = default;
};

// An Event of the core API as one of ours. Pure.
DeliveryEvent event_of(const Json& kubernetes_event);
// status.history, oldest first. Pure.
std::vector<DeliveryEvent> history_events(const DeliveryRecord& delivery);

// Where later ones will be.
std::vector<WatchedPlace> places_of_events(const KnownDelivery& delivery, const Members& members);

// The Kubernetes events of the Delivery and of `members`, and its history, by time. Events of
// cluster-scoped objects are kept in the namespace "default".
Result<std::vector<DeliveryEvent>> list_delivery_events(const kube::ApiClient& client,
                                                        const KnownDelivery& delivery,
                                                        const Members& members,
                                                        std::stop_token stop);

// A table that goes on as events come: LAST SEEN, TYPE, REASON, OBJECT, MESSAGE.
class EventsTable {
 public:
  // Those that were not there the time before, or have happened again since.
  std::vector<DeliveryEvent> keep_news(std::vector<DeliveryEvent> events);
  // Empty for no events. The headings are above the first text alone.
  std::string text(const std::vector<DeliveryEvent>& events, Timestamp now);

 private:
  std::vector<DeliveryEvent> known_;
  Table table_{{"LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"}};
};

Json to_json(const std::vector<DeliveryEvent>& events);

}  // namespace sealift::console
