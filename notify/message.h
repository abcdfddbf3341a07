#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/notify/configuration.h>
#include <sealift/notify/notification.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::notify {

// What a sink's files hold at the moment of sending.
struct SinkSecrets {
  std::string url;       // the sink's own, or that of its file
  std::string token;     // empty: none
  std::string hmac_key;  // empty: none
};

// A notification in the words of one receiver: the body of a POST.
struct Message {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// A notification with what it is known by, everywhere the same.
struct Event {
  std::string id;       // unique; a receiver that sees it twice has seen it twice
  std::string cluster;  // may be empty
  Notification notification;
};

// Pure. Nullopt where the receiver has no words for it: a commit status for an artifact whose
// source is not of this host or whose revision names no commit.
std::optional<Message> make_message(const Sink& sink, const SinkSecrets& secrets,
                                    const Event& event);

// The formats behind it.
Json webhook_body(const Event& event);
Json cloud_event_body(const Event& event);  // CloudEvents 1.0, JSON format
Json slack_body(const Event& event);        // Block Kit
Json teams_body(const Event& event);        // an Adaptive Card for a workflow's webhook
std::optional<Message> github_status(const SinkSecrets& secrets, const Event& event);
std::optional<Message> gitlab_status(const SinkSecrets& secrets, const Event& event);

}  // namespace sealift::notify
