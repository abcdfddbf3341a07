#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/endpoints/webhook_content.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sealift::endpoints {
namespace {

constexpr std::size_t kMaxPushes = 100;
constexpr std::size_t kMaxRepositoryBytes = 512;
constexpr std::size_t kMaxTagBytes = 128;
constexpr std::size_t kMaxValidationCodeBytes = 200;
constexpr JsonLimits kLimits{.max_bytes = 1u << 20, .max_depth = 32, .max_values = 50'000};

constexpr std::array<std::pair<std::string_view, WebhookKind>, 9> kKinds = {{
    {"distribution", WebhookKind::kDistribution},
    {"dockerhub", WebhookKind::kDockerHub},
    {"harbor", WebhookKind::kHarbor},
    {"gitlab", WebhookKind::kGitLab},
    {"github", WebhookKind::kGitHub},
    {"quay", WebhookKind::kQuay},
    {"acr", WebhookKind::kAcr},
    {"cloudevents", WebhookKind::kCloudEvents},
    {"generic", WebhookKind::kGeneric},
}};

bool is_repository(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:[]";
  return text.size() <= kMaxRepositoryBytes && text.find('/') != std::string_view::npos &&
         !text.starts_with('/') && !text.ends_with('/') &&
         text.find("//") == std::string_view::npos &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

bool is_tag(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !text.empty() && text.size() <= kMaxTagBytes && text.front() != '.' &&
         text.front() != '-' && text.find_first_not_of(kAllowed) == std::string_view::npos;
}

// Null stands for an absent list.
const Json::Array& array_of(const Json* value) {
  static const Json::Array kEmpty;
  const auto* array = value == nullptr ? nullptr : value->as_array();
  return array == nullptr ? kEmpty : *array;
}

class Reader {
 public:
  Result<WebhookContent> read(WebhookKind kind, const HttpHeaders& headers, const Json& body) {
    SEALIFT_TRY(read_kind(kind, headers, body));
    return std::move(content_);
  }

 private:
  Result<> read_kind(WebhookKind kind, const HttpHeaders& headers, const Json& body) {
    switch (kind) {
      case WebhookKind::kDistribution:
      case WebhookKind::kGitLab:
        return read_envelope(body);
      case WebhookKind::kDockerHub:
        return read_docker_hub(body);
      case WebhookKind::kHarbor:
        return read_harbor(body);
      case WebhookKind::kGitHub:
        return read_github(headers, body);
      case WebhookKind::kQuay:
        return read_quay(body);
      case WebhookKind::kAcr:
        return read_acr(body);
      case WebhookKind::kCloudEvents:
        return read_cloud_events(headers, body);
      case WebhookKind::kGeneric:
        return read_generic(body);
    }
    return {};
  }

  Result<> add(std::string repository, std::string_view tag) {
    if (tag.empty()) return {};
    if (!is_repository(repository)) {
      return fail(ErrorCode::kInvalidInput,
                  "\"" + printable(repository, 80) + "\" is no repository with a registry");
    }
    if (!is_tag(tag)) {
      return fail(ErrorCode::kInvalidInput, "\"" + printable(tag, 80) + "\" is no tag");
    }
    Push push{std::move(repository), std::string(tag)};
    auto& pushes = content_.pushes;
    if (std::find(pushes.begin(), pushes.end(), push) != pushes.end()) return {};
    if (pushes.size() == kMaxPushes) {
      return fail(ErrorCode::kInvalidInput,
                  "the webhook tells of more than " + std::to_string(kMaxPushes) + " pushes");
    }
    pushes.push_back(std::move(push));
    return {};
  }

  // distribution: docs/about/notifications, "Event".
  Result<> read_event(const Json& event) {
    if (event.string_at({"action"}) != "push") return {};
    const auto host = event.string_at({"request", "host"});
    const auto name = event.string_at({"target", "repository"});
    const auto tag = event.string_at({"target", "tag"});
    return add(std::string(host) + "/" + std::string(name), tag);
  }

  Result<> read_envelope(const Json& body) {
    for (const auto& event : array_of(body.find("events"))) SEALIFT_TRY(read_event(event));
    return {};
  }

  Result<> read_docker_hub(const Json& body) {
    return add("docker.io/" + std::string(body.string_at({"repository", "repo_name"})),
               body.string_at({"push_data", "tag"}));
  }

  // The URL of a resource is "registry/project/name" and ":tag" or "@sha256:…".
  Result<> read_harbor_data(const Json& data) {
    for (const auto& resource : array_of(data.find("resources"))) {
      std::string_view url = resource.string_at({"resource_url"});
      url = url.substr(0, url.find('@'));
      const auto slash = url.rfind('/');
      const auto colon = url.rfind(':');
      if (colon != std::string_view::npos && slash != std::string_view::npos && colon > slash) {
        url = url.substr(0, colon);
      }
      const auto tag = resource.string_at({"tag"});
      // Pushed by digest, Harbor repeats the digest as the tag.
      if (tag.starts_with("sha256:")) continue;
      SEALIFT_TRY(add(std::string(url), tag));
    }
    return {};
  }

  Result<> read_harbor(const Json& body) {
    if (body.find("specversion") != nullptr) return read_cloud_event(body);
    if (body.string_at({"type"}) != "PUSH_ARTIFACT") return {};
    const auto* data = body.find("event_data");
    return data == nullptr ? Result<>() : read_harbor_data(*data);
  }

  // Events "package" and "registry_package"; "ping" and others have neither member.
  Result<> read_github(const HttpHeaders& headers, const Json& body) {
    const auto event = headers.get("X-GitHub-Event").value_or("");
    if (event != "package" && event != "registry_package") return {};
    const auto* package = body.find(event);
    if (package == nullptr) return {};
    const auto action = body.string_at({"action"});
    if (action != "published" && action != "updated") return {};
    const auto type = package->string_at({"package_type"});
    if (type != "CONTAINER" && type != "container" && type != "docker") return {};
    const auto tag = package->string_at({"package_version", "container_metadata", "tag", "name"});
    auto url = package->string_at({"package_version", "package_url"});
    const auto colon = url.rfind(':');
    if (colon != std::string_view::npos && colon > std::min(url.rfind('/'), url.size())) {
      return add(std::string(url.substr(0, colon)), tag);
    }
    return add("ghcr.io/" + std::string(package->string_at({"namespace"})) + "/" +
                   std::string(package->string_at({"name"})),
               tag);
  }

  Result<> read_quay(const Json& body) {
    for (const auto& tag : array_of(body.find("updated_tags"))) {
      if (const auto* name = tag.as_string()) {
        SEALIFT_TRY(add(std::string(body.string_at({"docker_url"})), *name));
      }
    }
    return {};
  }

  Result<> read_acr(const Json& body) {
    const auto* events = body.as_array();
    if (events == nullptr) return read_event(body);
    for (const auto& event : *events) {  // Event Grid's own schema
      const auto* data = event.find("data");
      if (data == nullptr) continue;
      const auto type = event.string_at({"eventType"});
      if (type == "Microsoft.EventGrid.SubscriptionValidationEvent") {
        const auto code = data->string_at({"validationCode"});
        if (code.size() > kMaxValidationCodeBytes) {
          return fail(ErrorCode::kInvalidInput, "the validation code is too long");
        }
        content_.validation_code = code;
      } else if (type == "Microsoft.ContainerRegistry.ImagePushed") {
        SEALIFT_TRY(read_event(*data));
      }
    }
    return {};
  }

  Result<> read_generic(const Json& body) {
    return add(std::string(body.string_at({"repository"})), body.string_at({"tag"}));
  }

  Result<> read_event_data(std::string_view type, const Json& data) {
    if (type == "Microsoft.ContainerRegistry.ImagePushed") return read_event(data);
    if (type == "harbor.artifact.pushed") return read_harbor_data(data);
    // An event of somebody's own says what happened in the form of kGeneric.
    return type.starts_with("harbor.") || type.starts_with("Microsoft.") ? Result<>()
                                                                         : read_generic(data);
  }

  Result<> read_cloud_event(const Json& event) {
    const auto* data = event.find("data");
    if (data == nullptr) return {};
    return read_event_data(event.string_at({"type"}), *data);
  }

  // CloudEvents 1.0, HTTP protocol binding, section 3: the media type tells the mode.
  Result<> read_cloud_events(const HttpHeaders& headers, const Json& body) {
    if (const auto type = headers.get("ce-type")) return read_event_data(*type, body);
    if (body.as_array() == nullptr) return read_cloud_event(body);
    for (const auto& event : *body.as_array()) SEALIFT_TRY(read_cloud_event(event));
    return {};
  }

  WebhookContent content_;
};

}  // namespace

std::optional<WebhookKind> parse_webhook_kind(std::string_view word) {
  for (const auto& [name, kind] : kKinds) {
    if (name == word) return kind;
  }
  return std::nullopt;
}

std::string_view to_string(WebhookKind kind) {
  for (const auto& [name, known] : kKinds) {
    if (known == kind) return name;
  }
  return "unknown";
}

Result<WebhookContent> parse_webhook(WebhookKind kind, const HttpHeaders& headers,
                                     std::string_view body) {
  SEALIFT_ASSIGN(const auto json, parse_json(body, "the webhook", kLimits));
  return Reader().read(kind, headers, json);
}

}  // namespace sealift::endpoints
