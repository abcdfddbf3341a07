#include "webhook_proof.h"

#include <sealift/base/json.h>
#include <sealift/endpoints/webhook_receiver.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace sealift::endpoints {
namespace {

constexpr std::uint64_t kMaxSecretFileBytes = 4096;
constexpr std::size_t kMinSecretBytes = 16;
constexpr std::size_t kMaxNameBytes = 63;
constexpr std::string_view kPrefix = "/hook/";
constexpr std::chrono::seconds kBetweenRefusals{10};

Response with_status(int status) {
  Response response;
  response.status = status;
  return response;
}

struct Address {
  WebhookKind kind;
  std::string name;
};

// A name is a file's name: it must not lead anywhere else.
bool is_name(std::string_view text) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !text.empty() && text.size() <= kMaxNameBytes && text.front() != '.' &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::optional<Address> address_of(std::string_view path) {
  if (!path.starts_with(kPrefix)) return std::nullopt;
  path.remove_prefix(kPrefix.size());
  const auto slash = path.find('/');
  const auto kind = parse_webhook_kind(path.substr(0, slash));
  const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (!kind || !is_name(name)) return std::nullopt;
  return Address{*kind, std::string(name)};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

// The handshake of CloudEvents' webhooks (HTTP 1.1 Web Hooks for Event Delivery, section 4): we
// agree to events from whoever asks with the secret.
Response agree(const Request& request) {
  Response response;
  const auto origin = request.headers.get("WebHook-Request-Origin");
  if (origin) response.headers.set("WebHook-Allowed-Origin", std::string(*origin));
  response.headers.set("WebHook-Allowed-Rate", "120");
  response.headers.set("Allow", "POST");
  return response;
}

}  // namespace

std::string_view to_string(WebhookOutcome outcome) {
  switch (outcome) {
    case WebhookOutcome::kAccepted:
      return "accepted";
    case WebhookOutcome::kIgnored:
      return "ignored";
    case WebhookOutcome::kInvalid:
      return "invalid";
    case WebhookOutcome::kRefused:
      return "refused";
    case WebhookOutcome::kLimited:
      return "limited";
  }
  return "refused";
}

WebhookReceiver::WebhookReceiver(WebhookSettings settings, FileSystem& files, Clock& clock,
                                 Logger log, std::function<void(const Push&)> on_push,
                                 std::function<void(WebhookKind, WebhookOutcome)> count)
    : settings_(std::move(settings)),
      files_(files),
      clock_(clock),
      log_(std::move(log)),
      on_push_(std::move(on_push)),
      count_(std::move(count)) {}

Response WebhookReceiver::answer(const Request& request) {
  const auto address = address_of(request.path);
  const bool handshake =
      address && request.method == "OPTIONS" &&
      (address->kind == WebhookKind::kCloudEvents || address->kind == WebhookKind::kAcr);
  if (!address || (request.method != "POST" && !handshake)) return with_status(404);
  const auto& [kind, name] = *address;
  if (!is_proven(kind, name, request)) {
    tell_refusal(kind, name, request);
    return finish(kind, WebhookOutcome::kRefused, 403);
  }
  if (!take_allowance(name)) {
    auto response = finish(kind, WebhookOutcome::kLimited, 429);
    response.headers.set("Retry-After", "30");
    return response;
  }
  return handshake ? agree(request) : answer_known(kind, name, request);
}

void WebhookReceiver::tell_refusal(WebhookKind kind, const std::string& name,
                                   const Request& request) {
  const auto now = clock_.steady_now();
  if (told_refusal_ && now - *told_refusal_ < kBetweenRefusals) {
    ++untold_refusals_;
    return;
  }
  told_refusal_ = now;
  log_.warning("webhook refused: no secret of its sender fits",
               {{"kind", std::string(to_string(kind))},
                {"name", name},
                {"peer", request.peer},
                {"untold", std::to_string(std::exchange(untold_refusals_, 0))}});
}

Response WebhookReceiver::answer_known(WebhookKind kind, const std::string& name,
                                       const Request& request) {
  const auto content = parse_webhook(kind, request.headers, request.body);
  if (!content) {
    log_.warning("webhook not understood", {{"kind", std::string(to_string(kind))},
                                            {"name", name},
                                            {"error", content.error().message()}});
    auto response = finish(kind, WebhookOutcome::kInvalid, 400);
    response.body = content.error().message() + "\n";
    return response;
  }
  if (content->validation_code) {
    auto response = finish(kind, WebhookOutcome::kIgnored, 200);
    Json code = Json::object();
    code.set("validationResponse", *content->validation_code);
    response.content_type = "application/json";
    response.body = dump_json(code);
    return response;
  }
  for (const auto& push : content->pushes) {
    log_.info("webhook", {{"kind", std::string(to_string(kind))},
                          {"name", name},
                          {"repository", push.repository},
                          {"tag", push.tag}});
    on_push_(push);
  }
  return finish(
      kind, content->pushes.empty() ? WebhookOutcome::kIgnored : WebhookOutcome::kAccepted, 202);
}

Response WebhookReceiver::finish(WebhookKind kind, WebhookOutcome outcome, int status) const {
  if (count_) count_(kind, outcome);
  return with_status(status);
}

bool WebhookReceiver::is_proven(WebhookKind kind, const std::string& name,
                                const Request& request) const {
  const auto path = join_path(settings_.secrets_directory, name);
  const auto text = read_file(files_, path, kMaxSecretFileBytes);
  if (!text) {
    // A name that nobody gave a secret is a stranger's guess; anything else is the operator's.
    if (text.error().code() != ErrorCode::kNotFound) {
      log_.error("a webhook's secret cannot be read", {{"error", text.error().message()}});
    }
    return false;
  }
  const auto secrets = lines_of(*text);
  for (const auto secret : secrets) {
    if (secret.size() >= kMinSecretBytes && proves(kind, request, secret)) return true;
  }
  if (std::none_of(secrets.begin(), secrets.end(),
                   [](auto secret) { return secret.size() >= kMinSecretBytes; })) {
    log_.error("a webhook's file holds no secret of 16 bytes or more", {{"file", path}});
  }
  return false;
}

bool WebhookReceiver::take_allowance(const std::string& name) {
  const auto now = clock_.steady_now();
  const double burst = settings_.burst;
  auto [entry, added] = allowances_.try_emplace(name, Allowance{burst, now});
  auto& [tokens, counted] = entry->second;
  const std::chrono::duration<double> passed = now - counted;
  const std::chrono::duration<double> interval = settings_.interval;
  tokens = std::min(burst, tokens + passed / interval);
  counted = now;
  if (tokens < 1) return false;
  tokens -= 1;
  return true;
}

}  // namespace sealift::endpoints
