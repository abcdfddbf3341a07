#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/notify/notification.h>

#include <array>

namespace sealift::notify {
namespace {

constexpr std::size_t kMaxMessageBytes = 2000;
constexpr std::size_t kMaxFieldBytes = 512;
constexpr std::size_t kMaxMetadata = 16;

constexpr std::array kSeverities = {Severity::kInfo, Severity::kWarning, Severity::kError};

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kInfo:
      return "info";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "error";
}

std::optional<Severity> parse_severity(std::string_view word) {
  for (const auto severity : kSeverities) {
    if (to_string(severity) == word) return severity;
  }
  return std::nullopt;
}

std::string Notification::delivery() const {
  return delivery_namespace.empty() ? delivery_name : delivery_namespace + "/" + delivery_name;
}

Notification bounded(Notification notification) {
  for (auto* field :
       {&notification.reason, &notification.delivery_namespace, &notification.delivery_name,
        &notification.digest, &notification.revision, &notification.source}) {
    *field = printable(*field, kMaxFieldBytes);
  }
  notification.message = printable(notification.message, kMaxMessageBytes);
  if (notification.metadata.size() > kMaxMetadata) notification.metadata.resize(kMaxMetadata);
  for (auto& [name, value] : notification.metadata) {
    name = printable(name, kMaxFieldBytes);
    value = printable(value, kMaxFieldBytes);
  }
  return notification;
}

Json to_json(const Notification& notification) {
  Json delivery = Json::object();
  delivery.set("namespace", notification.delivery_namespace);
  delivery.set("name", notification.delivery_name);
  Json artifact = Json::object();
  artifact.set("digest", notification.digest);
  artifact.set("revision", notification.revision);
  artifact.set("source", notification.source);
  Json metadata = Json::object();
  for (const auto& [name, value] : notification.metadata) metadata.set(name, value);
  Json json = Json::object();
  json.set("time", format_timestamp(notification.time));
  json.set("severity", to_string(notification.severity));
  json.set("reason", notification.reason);
  json.set("delivery", std::move(delivery));
  json.set("artifact", std::move(artifact));
  json.set("message", notification.message);
  json.set("metadata", std::move(metadata));
  return json;
}

Result<Notification> notification_from_json(const Json& json) {
  Notification notification;
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, "notification"));
  SEALIFT_ASSIGN(const auto time, reader.required_string("time"));
  SEALIFT_ASSIGN(notification.time, parse_timestamp(time));
  SEALIFT_ASSIGN(const auto word, reader.required_string("severity"));
  const auto severity = parse_severity(word);
  if (!severity) return fail(reader.error_at("severity", "is none"));
  notification.severity = *severity;
  SEALIFT_ASSIGN(notification.reason, reader.required_string("reason"));
  SEALIFT_ASSIGN(auto delivery, reader.required_object("delivery"));
  SEALIFT_ASSIGN(notification.delivery_namespace, delivery.required_string("namespace"));
  SEALIFT_ASSIGN(notification.delivery_name, delivery.required_string("name"));
  SEALIFT_ASSIGN(auto artifact, reader.required_object("artifact"));
  SEALIFT_ASSIGN(notification.digest, artifact.required_string("digest"));
  SEALIFT_ASSIGN(notification.revision, artifact.required_string("revision"));
  SEALIFT_ASSIGN(notification.source, artifact.required_string("source"));
  SEALIFT_ASSIGN(notification.message, reader.required_string("message"));
  SEALIFT_ASSIGN(notification.metadata, reader.string_map("metadata"));
  return notification;
}

}  // namespace sealift::notify
