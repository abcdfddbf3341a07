#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::notify {

enum class Severity { kInfo, kWarning, kError };
std::string_view to_string(Severity severity);  // "info", "warning", "error"
std::optional<Severity> parse_severity(std::string_view word);

// Something that people or other systems should hear of. Fields that do not apply are empty.
struct Notification {
  Timestamp time;
  Severity severity = Severity::kInfo;
  std::string reason;              // as in the condition: "Delivered", "Refused", "RolledBack"
  std::string delivery_namespace;  // empty for a Delivery that is a file
  std::string delivery_name;
  std::string digest;    // of the artifact: "sha256:…"
  std::string revision;  // its annotation: "main@sha1:…"
  std::string source;    // its annotation: the URL of the repository
  std::string message;   // one sentence
  std::vector<std::pair<std::string, std::string>> metadata;

  // "shop/web", or the name alone.
  std::string delivery() const;
  bool operator==(const Notification&) const = default;
};

// The same with bounded fields of well-formed text: at most 2,000 bytes of message, 512 of any
// other field, 16 pairs of metadata. What is longer ends with "…".
Notification bounded(Notification notification);

// The form in the queue and in generic webhooks, as docs/notifications.md shows it.
Json to_json(const Notification& notification);
// The way back; kInvalidInput for another form.
Result<Notification> notification_from_json(const Json& json);

}  // namespace sealift::notify
