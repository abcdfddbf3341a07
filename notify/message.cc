#include "message.h"

#include <sealift/base/encoding.h>
#include <sealift/base/hmac.h>

#include <algorithm>

namespace sealift::notify {
namespace {

// The reason as part of a CloudEvents type, whose segments are lower case by custom.
std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

Message post(const SinkSecrets& secrets, std::string_view type, std::string body) {
  Message message;
  message.url = secrets.url;
  message.headers.emplace_back("Content-Type", type);
  if (!secrets.token.empty())
    message.headers.emplace_back("Authorization", "Bearer " + secrets.token);
  if (!secrets.hmac_key.empty()) {
    message.headers.emplace_back("X-Signature",
                                 "sha256=" + hex_encode(hmac_sha256(secrets.hmac_key, body)));
  }
  message.body = std::move(body);
  return message;
}

}  // namespace

Json webhook_body(const Event& event) {
  Json body = Json::object();
  body.set("id", event.id);
  body.set("cluster", event.cluster);
  const Json fields = to_json(event.notification);
  for (const auto& [name, value] : *fields.as_object()) body.set(name, value);
  return body;
}

Json cloud_event_body(const Event& event) {
  Json body = Json::object();
  body.set("specversion", "1.0");
  body.set("id", event.id);
  body.set("source",
           event.cluster.empty() ? "/sealift-puller" : "/sealift-puller/" + event.cluster);
  body.set("type", "dev.sealift.delivery." + lower_case(event.notification.reason));
  body.set("subject", event.notification.delivery());
  body.set("time", format_timestamp(event.notification.time));
  body.set("datacontenttype", "application/json");
  body.set("data", to_json(event.notification));
  return body;
}

std::optional<Message> make_message(const Sink& sink, const SinkSecrets& secrets,
                                    const Event& event) {
  switch (sink.type) {
    case SinkType::kWebhook:
      return post(secrets, "application/json", dump_json(webhook_body(event)));
    case SinkType::kCloudEvents:
      return post(secrets, "application/cloudevents+json; charset=utf-8",
                  dump_json(cloud_event_body(event)));
    case SinkType::kSlack:
      return post(secrets, "application/json", dump_json(slack_body(event)));
    case SinkType::kTeams:
      return post(secrets, "application/json", dump_json(teams_body(event)));
    case SinkType::kGitHub:
      return github_status(secrets, event);
    case SinkType::kGitLab:
      return gitlab_status(secrets, event);
  }
  return std::nullopt;
}

}  // namespace sealift::notify
