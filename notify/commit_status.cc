#include "message.h"

#include <sealift/base/encoding.h>

#include <algorithm>

namespace sealift::notify {
namespace {

constexpr std::size_t kMaxDescriptionBytes = 130;  // GitHub: 140 characters; GitLab: 255

enum class State { kPending, kSuccess, kFailure };

// What an event means for the commit; nullopt for what says nothing of it, as a repaired drift.
std::optional<State> state_of(const Notification& notification) {
  if (notification.reason == "Delivered") return State::kSuccess;
  if (notification.reason == "RolledBack") return State::kFailure;
  // It runs: that nobody calls it the newest any more is not the commit's fault.
  if (notification.reason == "NotFresh") return std::nullopt;
  if (notification.severity == Severity::kError) return State::kFailure;
  if (notification.reason == "Progressing" || notification.reason == "Waiting" ||
      notification.reason == "DependencyNotReady") {
    return State::kPending;
  }
  return std::nullopt;
}

bool consists_of(std::string_view text, std::string_view allowed) {
  return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

// The commit of "main@sha1:<40 hex>", "sha1:<40 hex>" or the hash alone. "-dirty" names none.
std::optional<std::string> commit_of(std::string_view revision) {
  revision = revision.substr(revision.rfind('@') + 1);
  const auto colon = revision.find(':');
  if (colon != std::string_view::npos) {
    const auto algorithm = revision.substr(0, colon);
    if (algorithm != "sha1" && algorithm != "sha256") return std::nullopt;
    revision.remove_prefix(colon + 1);
  }
  const bool length = revision.size() == 40 || revision.size() == 64;
  if (!length || !consists_of(revision, "0123456789abcdef")) return std::nullopt;
  return std::string(revision);
}

struct Repository {
  std::string host;                   // lower case, without port
  std::vector<std::string> segments;  // "group", "project"
};

std::string host_name(std::string_view authority) {
  authority = authority.substr(authority.rfind('@') + 1);
  authority = authority.substr(0, authority.find(':'));
  std::string host(authority);
  std::transform(host.begin(), host.end(), host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return host;
}

// "https://host/group/project.git", "ssh://git@host:22/group/project" or "git@host:group/project".
std::optional<Repository> repository_of(std::string_view source) {
  std::string_view authority;
  std::string_view path;
  const auto scheme = source.find("://");
  if (scheme != std::string_view::npos) {
    const auto rest = source.substr(scheme + 3);
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    authority = rest.substr(0, slash);
    path = rest.substr(slash + 1);
  } else {
    const auto colon = source.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    authority = source.substr(0, colon);
    path = source.substr(colon + 1);
  }
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.ends_with(".git")) path.remove_suffix(4);
  Repository repository{host_name(authority), {}};
  while (!path.empty()) {
    const auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
    constexpr std::string_view kAllowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (!consists_of(segment, kAllowed) || consists_of(segment, ".")) return std::nullopt;
    repository.segments.emplace_back(segment);
  }
  if (repository.segments.size() < 2) return std::nullopt;
  return repository;
}

std::string host_of_url(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return host_name(url.substr(0, url.find('/')));
}

struct Status {
  State state;
  Repository repository;
  std::string commit;
};

// Nullopt where the event says nothing of a commit on that host.
std::optional<Status> status_of(const Notification& notification, std::string_view host) {
  const auto state = state_of(notification);
  auto commit = commit_of(notification.revision);
  auto repository = repository_of(notification.source);
  if (!state || !commit || !repository || repository->host != host) return std::nullopt;
  return Status{*state, *std::move(repository), *std::move(commit)};
}

std::string context_of(const Event& event) {
  std::string context = "sealift/" + event.notification.delivery();
  return event.cluster.empty() ? context : context + "@" + event.cluster;
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

// GitHub REST API, "Create a commit status".
std::optional<Message> github_status(const SinkSecrets& secrets, const Event& event) {
  const auto api = host_of_url(secrets.url);
  const auto status = status_of(event.notification, api == "api.github.com" ? "github.com" : api);
  if (!status || status->repository.segments.size() != 2) return std::nullopt;
  Json body = Json::object();
  body.set("state", status->state == State::kSuccess   ? "success"
                    : status->state == State::kPending ? "pending"
                                                       : "failure");
  body.set("context", context_of(event));
  body.set("description", printable(event.notification.message, kMaxDescriptionBytes));
  Message message;
  message.url = without_slash(secrets.url) + "/repos/" + status->repository.segments[0] + "/" +
                status->repository.segments[1] + "/statuses/" + status->commit;
  message.headers = {{"Content-Type", "application/json"},
                     {"Accept", "application/vnd.github+json"},
                     {"X-GitHub-Api-Version", "2022-11-28"},
                     {"Authorization", "Bearer " + secrets.token}};
  message.body = dump_json(body);
  return message;
}

// GitLab REST API, "Commits", "Set commit pipeline status".
std::optional<Message> gitlab_status(const SinkSecrets& secrets, const Event& event) {
  const auto status = status_of(event.notification, host_of_url(secrets.url));
  if (!status) return std::nullopt;
  std::string project;
  for (const auto& segment : status->repository.segments) {
    project += (project.empty() ? "" : "%2F") + segment;
  }
  Json body = Json::object();
  body.set("state", status->state == State::kSuccess   ? "success"
                    : status->state == State::kPending ? "pending"
                                                       : "failed");
  body.set("name", context_of(event));
  body.set("description", printable(event.notification.message, kMaxDescriptionBytes));
  Message message;
  message.url =
      without_slash(secrets.url) + "/api/v4/projects/" + project + "/statuses/" + status->commit;
  message.headers = {{"Content-Type", "application/json"}, {"PRIVATE-TOKEN", secrets.token}};
  message.body = dump_json(body);
  return message;
}

}  // namespace sealift::notify
