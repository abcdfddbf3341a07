#include <sealift/console/age.h>
#include <sealift/console/cluster_objects.h>
#include <sealift/console/delivery_events.h>
#include <sealift/console/table.h>

#include <algorithm>
#include <set>

namespace sealift::console {
namespace {

std::string first_of(std::initializer_list<std::string_view> texts) {
  for (const auto text : texts) {
    if (!text.empty()) return std::string(text);
  }
  return {};
}

bool is_about(const Json& event, const KnownDelivery& delivery, const std::set<std::string>& uids) {
  if (uids.contains(std::string(event.string_at({"involvedObject", "uid"})))) return true;
  return event.string_at({"involvedObject", "kind"}) == "Delivery" &&
         event.string_at({"involvedObject", "name"}) == delivery.record.name.name &&
         event.string_at({"involvedObject", "namespace"}) == delivery.record.name.name_space;
}

const kube::Resource& event_resource() {
  static const kube::Resource kEvents{{"", "v1", "Event"}, "events", true};
  return kEvents;
}

// Events about objects without a namespace are in "default".
std::set<std::string> event_namespaces(const KnownDelivery& delivery, const Members& members) {
  std::set<std::string> name_spaces{delivery.record.name.name_space};
  for (const auto& member : members.objects) {
    name_spaces.insert(member.id.name_space.empty() ? "default" : member.id.name_space);
  }
  return name_spaces;
}

}  // namespace

std::vector<WatchedPlace> places_of_events(const KnownDelivery& delivery, const Members& members) {
  std::vector<WatchedPlace> places;
  for (const auto& name_space : event_namespaces(delivery, members)) {
    places.push_back({event_resource(), name_space, "", ""});
  }
  return places;
}

DeliveryEvent event_of(const Json& event) {
  DeliveryEvent result;
  // A series says when it last happened; events of the newer API leave lastTimestamp null.
  result.time = first_of({event.string_at({"series", "lastObservedTime"}),
                          event.string_at({"lastTimestamp"}), event.string_at({"eventTime"}),
                          event.string_at({"metadata", "creationTimestamp"})});
  result.type = std::string(event.string_at({"type"}));
  result.reason = std::string(event.string_at({"reason"}));
  result.object = std::string(event.string_at({"involvedObject", "kind"})) + "/" +
                  std::string(event.string_at({"involvedObject", "name"}));
  result.message = std::string(event.string_at({"message"}));
  for (const auto* count : {event.find_path({"series", "count"}), event.find("count")}) {
    if (count != nullptr) result.count = std::max(result.count, count->as_int64().value_or(1));
  }
  return result;
}

std::vector<DeliveryEvent> history_events(const DeliveryRecord& delivery) {
  std::vector<DeliveryEvent> events;
  for (const auto& entry : delivery.history) {
    const auto& what = entry.revision.empty() ? entry.digest : entry.revision;
    const auto* between = what.empty() || entry.message.empty() ? "" : ": ";
    events.push_back({entry.when(), "History", entry.outcome, "Delivery/" + delivery.name.name,
                      what + between + entry.message, 1});
  }
  std::reverse(events.begin(), events.end());
  return events;
}

Result<std::vector<DeliveryEvent>> list_delivery_events(const kube::ApiClient& client,
                                                        const KnownDelivery& delivery,
                                                        const Members& members,
                                                        std::stop_token stop) {
  std::set<std::string> uids;
  if (!delivery.record.uid.empty()) uids.insert(delivery.record.uid);
  for (const auto& member : members.objects) {
    uids.insert(member.uid);
  }
  auto events = history_events(delivery.record);
  for (const auto& name_space : event_namespaces(delivery, members)) {
    SEALIFT_ASSIGN(auto listed,
                   list_objects(client, event_resource(), {name_space, ""}, Content::kWhole, stop));
    for (const auto& event : listed) {
      if (is_about(event, delivery, uids)) events.push_back(event_of(event));
    }
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return events;
}

std::vector<DeliveryEvent> EventsTable::keep_news(std::vector<DeliveryEvent> events) {
  std::vector<DeliveryEvent> news;
  for (const auto& event : events) {
    if (std::find(known_.begin(), known_.end(), event) == known_.end()) news.push_back(event);
  }
  known_ = std::move(events);
  return news;
}

std::string EventsTable::text(const std::vector<DeliveryEvent>& events, Timestamp now) {
  if (events.empty()) return {};
  for (const auto& event : events) {
    auto seen = age_of(event.time, now);
    if (event.count > 1) seen += " (x" + std::to_string(event.count) + ")";
    table_.add({std::move(seen), event.type, event.reason, event.object, event.message});
  }
  return table_.take_text();
}

Json to_json(const std::vector<DeliveryEvent>& events) {
  Json all = Json::array();
  for (const auto& event : events) {
    Json json;
    json.set("time", event.time);
    json.set("type", event.type);
    json.set("reason", event.reason);
    json.set("object", event.object);
    json.set("message", event.message);
    json.set("count", event.count);
    all.push_back(std::move(json));
  }
  return all;
}

}  // namespace sealift::console
