#include <sealift/base/encoding.h>
#include <sealift/base/http.h>
#include <sealift/base/json_reader.h>
#include <sealift/base/wildcard.h>
#include <sealift/notify/configuration.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sealift::notify {
namespace {

constexpr std::size_t kMaxSinks = 16;
constexpr std::size_t kMaxNameBytes = 63;

constexpr std::array<std::pair<std::string_view, SinkType>, 6> kTypes = {{
    {"webhook", SinkType::kWebhook},
    {"cloudevents", SinkType::kCloudEvents},
    {"slack", SinkType::kSlack},
    {"teams", SinkType::kTeams},
    {"github", SinkType::kGitHub},
    {"gitlab", SinkType::kGitLab},
}};

bool is_name(std::string_view text) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !text.empty() && text.size() <= kMaxNameBytes &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

Result<SinkType> read_type(ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto word, reader.required_string("type"));
  for (const auto& [name, type] : kTypes) {
    if (name == word) return type;
  }
  return fail(reader.error_at("type", "\"" + printable(word, 40) +
                                          "\" is none of webhook, cloudevents, slack, teams, "
                                          "github, gitlab"));
}

Result<> read_destination(ObjectReader& reader, Sink& sink) {
  SEALIFT_ASSIGN(sink.url, reader.string_or("url", ""));
  SEALIFT_ASSIGN(sink.url_file, reader.string_or("urlFile", ""));
  if (!sink.url.empty() && !sink.url_file.empty()) {
    return fail(reader.error_at("urlFile", "excludes url"));
  }
  if (sink.url.empty() && sink.url_file.empty()) {
    if (sink.type == SinkType::kGitHub) sink.url = "https://api.github.com";
    if (sink.type == SinkType::kGitLab) sink.url = "https://gitlab.com";
    if (sink.url.empty()) {
      return fail(reader.error_at("url", "is required, or urlFile where the URL is a secret"));
    }
  }
  if (!sink.url.empty()) {
    HttpRequest probe;
    probe.url = sink.url;
    SEALIFT_TRY_CONTEXT(check_request(probe), reader.path_of("url"));
  }
  SEALIFT_ASSIGN(sink.ca_file, reader.string_or("caFile", ""));
  SEALIFT_ASSIGN(sink.proxy, reader.string_or("proxy", ""));
  return {};
}

Result<> read_secrets(ObjectReader& reader, Sink& sink) {
  SEALIFT_ASSIGN(sink.token_file, reader.string_or("tokenFile", ""));
  SEALIFT_ASSIGN(sink.hmac_key_file, reader.string_or("hmacKeyFile", ""));
  const bool status = sink.type == SinkType::kGitHub || sink.type == SinkType::kGitLab;
  if (status && sink.token_file.empty()) {
    return fail(reader.error_at("tokenFile", "is required for a commit status"));
  }
  const bool signs = sink.type == SinkType::kWebhook || sink.type == SinkType::kCloudEvents;
  if (!signs && !sink.hmac_key_file.empty()) {
    return fail(reader.error_at("hmacKeyFile", "is for webhook and cloudevents alone"));
  }
  return {};
}

Result<> read_filter(ObjectReader& reader, Sink& sink) {
  SEALIFT_ASSIGN(sink.events, reader.strings("events"));
  SEALIFT_ASSIGN(sink.deliveries, reader.strings("deliveries"));
  SEALIFT_ASSIGN(const auto word, reader.string_or("minSeverity", "info"));
  const auto severity = parse_severity(word);
  if (!severity) return fail(reader.error_at("minSeverity", "is none of info, warning, error"));
  sink.min_severity = *severity;
  return {};
}

Result<Sink> read_sink(ObjectReader reader) {
  Sink sink;
  SEALIFT_ASSIGN(sink.name, reader.required_string("name"));
  if (!is_name(sink.name)) {
    return fail(reader.error_at("name", "must be 1 to 63 of a-z, 0-9 and '-'"));
  }
  SEALIFT_ASSIGN(sink.type, read_type(reader));
  SEALIFT_TRY(read_destination(reader, sink));
  SEALIFT_TRY(read_secrets(reader, sink));
  SEALIFT_TRY(read_filter(reader, sink));
  SEALIFT_TRY(reader.finish());
  return sink;
}

Result<> check_head(ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto version, reader.required_string("apiVersion"));
  if (version != "sealift.dev/v1alpha1") {
    return fail(reader.error_at("apiVersion", "must be sealift.dev/v1alpha1"));
  }
  SEALIFT_ASSIGN(const auto kind, reader.required_string("kind"));
  if (kind != "Notifications") return fail(reader.error_at("kind", "must be Notifications"));
  static_cast<void>(reader.any("metadata"));
  return {};
}

}  // namespace

std::string_view to_string(SinkType type) {
  for (const auto& [name, known] : kTypes) {
    if (known == type) return name;
  }
  return "unknown";
}

bool Sink::wants(const Notification& notification) const {
  if (notification.severity < min_severity) return false;
  if (!events.empty() &&
      std::find(events.begin(), events.end(), notification.reason) == events.end()) {
    return false;
  }
  const auto delivery = notification.delivery();
  return deliveries.empty() ||
         std::any_of(deliveries.begin(), deliveries.end(), [&](const std::string& pattern) {
           return matches_wildcard(pattern, delivery);
         });
}

Result<Configuration> parse_configuration(const Json& document) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(document, ""));
  SEALIFT_TRY(check_head(reader));
  SEALIFT_ASSIGN(auto spec, reader.required_object("spec"));
  SEALIFT_TRY(reader.finish());
  Configuration configuration;
  SEALIFT_ASSIGN(const auto cluster, spec.string_or("cluster", ""));
  configuration.cluster = printable(cluster);
  SEALIFT_ASSIGN(auto sinks, spec.objects("sinks"));
  SEALIFT_TRY(spec.finish());
  if (sinks.size() > kMaxSinks) {
    return fail(spec.error_at("sinks", "are more than " + std::to_string(kMaxSinks)));
  }
  for (auto& entry : sinks) {
    SEALIFT_ASSIGN(auto sink, read_sink(std::move(entry)));
    for (const auto& other : configuration.sinks) {
      if (other.name == sink.name) {
        return fail(spec.error_at("sinks", "name \"" + sink.name + "\" twice"));
      }
    }
    configuration.sinks.push_back(std::move(sink));
  }
  return configuration;
}

}  // namespace sealift::notify
