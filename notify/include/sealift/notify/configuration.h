#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/notify/notification.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::notify {

enum class SinkType { kWebhook, kCloudEvents, kSlack, kTeams, kGitHub, kGitLab };
// "webhook", "cloudevents", "slack", "teams", "github", "gitlab".
std::string_view to_string(SinkType type);

// Where notifications go. Secrets are files: they are read for each message, so that a new one
// counts at once.
struct Sink {
  std::string name;
  SinkType type = SinkType::kWebhook;
  std::string url;  // empty where url_file names it, because the URL itself is a secret
  std::string url_file;
  std::string token_file;           // bearer token; GitLab: access token
  std::string hmac_key_file;        // webhook and cloudevents: X-Signature over the body
  std::string ca_file;              // PEM, in place of the system's roots
  std::string proxy;                // URL; empty: the environment's
  std::vector<std::string> events;  // reasons; empty: all
  std::vector<std::string>
      deliveries;  // patterns of "namespace/name", '*' for any text; empty: all
  Severity min_severity = Severity::kInfo;

  bool wants(const Notification& notification) const;
};

struct Configuration {
  std::string cluster;  // said in each message; may be empty
  std::vector<Sink> sinks;
};

// Reads the document `kind: Notifications` (docs/notifications.md). kInvalidInput for an unknown
// field or type, a name that is none or occurs twice, more than 16 sinks, a URL that is none or
// holds credentials, a missing URL or token file.
Result<Configuration> parse_configuration(const Json& document);

}  // namespace sealift::notify
