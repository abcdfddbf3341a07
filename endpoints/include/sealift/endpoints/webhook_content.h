#pragma once

#include <sealift/base/http.h>
#include <sealift/base/result.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::endpoints {

// Whose form a webhook has.
enum class WebhookKind {
  kDistribution,  // CNCF distribution's notifications, and what speaks like it
  kDockerHub,
  kHarbor,
  kGitLab,  // its container registry: distribution's form
  kGitHub,
  kQuay,
  kAcr,          // Azure: its own webhooks and those of Event Grid
  kCloudEvents,  // CloudEvents 1.0 over HTTP: structured, batched or binary
  kGeneric,      // {"repository": "registry.example/shop", "tag": "v1"}
};

// "distribution", "dockerhub", "harbor", "gitlab", "github", "quay", "acr", "cloudevents",
// "generic"; nullopt for another word.
std::optional<WebhookKind> parse_webhook_kind(std::string_view word);
std::string_view to_string(WebhookKind kind);

// A tag that was pushed: "registry.example:5000/shop/web" and "v1".
struct Push {
  std::string repository;
  std::string tag;
  bool operator==(const Push&) const = default;
};

struct WebhookContent {
  std::vector<Push> pushes;  // each once, in order; empty where nothing of interest happened
  // The sender wants this code back before it sends anything (Azure Event Grid's handshake).
  std::optional<std::string> validation_code;
};

// Reads what a webhook tells: a pure function. Pushes without a tag, other events and other kinds
// of packages are left out. kInvalidInput for another form, a name that is none, more than 100
// pushes, or JSON beyond 1 MiB, 32 levels or 50,000 values.
Result<WebhookContent> parse_webhook(WebhookKind kind, const HttpHeaders& headers,
                                     std::string_view body);

}  // namespace sealift::endpoints
