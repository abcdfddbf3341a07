#pragma once

#include <sealift/notify/notification.h>

#include <string>
#include <utility>

#include "message.h"

namespace sealift::notify::test {

inline Notification sample(std::string name = "web", Severity severity = Severity::kError,
                           std::string reason = "Refused") {
  Notification notification;
  notification.time = std::chrono::sys_days(std::chrono::year(2026) / 1 / 2);
  notification.severity = severity;
  notification.reason = std::move(reason);
  notification.delivery_namespace = "shop";
  notification.delivery_name = std::move(name);
  notification.digest = "sha256:" + std::string(64, 'a');
  notification.revision = "main@sha1:" + std::string(40, 'b');
  notification.source = "https://github.com/octo/web.git";
  notification.message = "no signature counts";
  notification.metadata = {{"policy", "shop"}};
  return notification;
}

inline Event sample_event(Notification notification = sample(), std::string cluster = "edge-17") {
  return {"0123456789abcdef", std::move(cluster), std::move(notification)};
}

}  // namespace sealift::notify::test
