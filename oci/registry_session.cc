#include "registry_session.h"

#include <sealift/base/encoding.h>
#include <sealift/base/http_date.h>

#include <algorithm>
#include <utility>

namespace sealift::oci {
namespace {

constexpr int kMaxRedirects = 10;
constexpr auto kReferrersApiMemory = std::chrono::minutes(10);
constexpr std::size_t kMaxErrorBody = 64u << 10;
constexpr std::uint64_t kMaxDiscarded = 1u << 20;
constexpr std::size_t kMaxWarnings = 20;
constexpr std::size_t kMaxWarningText = 400;

// Gives the body of a success to the caller's sink and keeps the beginning of another.
class SuccessSink : public HttpSink {
 public:
  explicit SuccessSink(HttpSink& success) : success_(success) {}

  Result<> begin(const HttpResponse& head) override {
    is_success_ = head.status >= 200 && head.status <= 299;
    return is_success_ ? success_.begin(head) : Result<>();
  }
  Result<> write(std::string_view bytes) override {
    if (is_success_) return success_.write(bytes);
    error_body_ += bytes.substr(0, kMaxErrorBody - error_body_.size());
    received_ += bytes.size();
    if (received_ <= kMaxDiscarded) return {};
    return fail(ErrorCode::kInvalidInput, "the answer is an error of more than the limit of 1 MiB");
  }
  std::string take_error_body() { return std::move(error_body_); }

 private:
  HttpSink& success_;
  bool is_success_ = false;
  std::string error_body_;
  std::uint64_t received_ = 0;
};

class KeepingSink : public HttpSink {
 public:
  explicit KeepingSink(std::uint64_t limit) : limit_(limit) {}
  Result<> begin(const HttpResponse&) override {
    body_.clear();
    return {};
  }
  Result<> write(std::string_view bytes) override {
    if (bytes.size() > limit_ - body_.size()) {
      return fail(ErrorCode::kInvalidInput,
                  "the answer exceeds the limit of " + std::to_string(limit_) + " bytes");
    }
    body_ += bytes;
    return {};
  }
  std::string take() { return std::move(body_); }

 private:
  std::uint64_t limit_;
  std::string body_;
};

class DiscardingSink : public HttpSink {
 public:
  Result<> begin(const HttpResponse&) override { return {}; }
  Result<> write(std::string_view) override { return {}; }
};

bool is_redirect(const RegistryRequest& request, int status) {
  if (status == 307 || status == 308) return true;
  // The others turn a method into GET, which would drop what was to be stored.
  return (status == 301 || status == 302 || status == 303) &&
         (request.method == "GET" || request.method == "HEAD");
}

// `299 - "text"` (RFC 7234, section 5.5, as distribution-spec 1.1, "Warnings" narrows it).
std::optional<std::string> warning_text(std::string_view header) {
  if (!header.starts_with("299 ")) return std::nullopt;
  const auto begin = header.find('"');
  const auto end = header.rfind('"');
  if (begin == std::string_view::npos || end <= begin) return std::nullopt;
  return printable(header.substr(begin + 1, end - begin - 1), kMaxWarningText);
}

// Of the token protocol (distribution, docs/spec/auth/scope.md).
std::string_view actions_of(RegistryAccess access) {
  switch (access) {
    case RegistryAccess::kPull:
      return "pull";
    case RegistryAccess::kPush:
      return "pull,push";
    case RegistryAccess::kDelete:
      return "pull,push,delete";
  }
  return "pull";
}

}  // namespace

Result<Url> registry_origin(const std::string& registry, bool plain_http) {
  // Docker Hub's name is not where its API is.
  const bool is_hub = registry == "docker.io" || registry == "index.docker.io";
  return Url::parse((plain_http ? "http://" : "https://") +
                    (is_hub ? "registry-1.docker.io" : registry));
}

RegistrySession::RegistrySession(Url origin, std::string registry, std::string repository,
                                 const RepositoryOptions& options,
                                 const RepositoryEnvironment& environment,
                                 std::shared_ptr<CredentialSource> source)
    : origin_(std::move(origin)),
      registry_(std::move(registry)),
      repository_(std::move(repository)),
      server_(options.server),
      others_(settings_for_others(options.server)),
      on_warning_(options.on_warning),
      login_advice_(source ? source->advice() : options.login_advice),
      transport_(environment.transport),
      clock_(environment.clock),
      random_(environment.random),
      authenticator_(origin_, {options.credentials, std::move(source), login_advice_}, server_,
                     transport_, clock_) {}

Url RegistrySession::url(std::string_view rest) const {
  Url url = origin_;
  url.target = "/v2/" + repository_ + "/" + std::string(rest);
  return url;
}

Result<HttpAnswer> RegistrySession::attempt(const RegistryRequest& request, HttpSink& sink,
                                            std::stop_token stop) {
  std::string scope;
  if (!repository_.empty()) {
    scope = "repository:" + repository_ + ":" + std::string(actions_of(request.access));
  }
  if (!request.also_pull.empty()) scope += " repository:" + request.also_pull + ":pull";
  for (int refusals = 0;; ++refusals) {
    SEALIFT_ASSIGN(const auto authorization,
                   authenticator_.authorization(scope, request.deadline, stop));
    bool at_registry = true;
    SEALIFT_ASSIGN(HttpAnswer answer,
                   follow_redirects(request, authorization, sink, at_registry, stop));
    const bool refused = answer.head.status == 401 && at_registry;
    if (!refused || !authenticator_.learn({answer.head.headers, scope, authorization, refusals})) {
      return answer;
    }
  }
}

Result<HttpAnswer> RegistrySession::attempt(const RegistryRequest& request, std::stop_token stop) {
  DiscardingSink nowhere;
  return attempt(request, nowhere, std::move(stop));
}

Result<HttpAnswer> RegistrySession::follow_redirects(
    const RegistryRequest& request, const std::optional<std::string>& authorization, HttpSink& sink,
    bool& at_registry, std::stop_token stop) {
  Url at = request.url;
  for (int hops = 0; hops <= kMaxRedirects; ++hops) {
    at_registry = at.same_origin(origin_);
    HttpRequest http;
    http.method = request.method;
    http.url = at.to_string();
    http.headers = request.headers;
    if (at_registry && authorization) http.headers.set("Authorization", *authorization);
    http.body = request.body;
    http.server = at_registry ? server_ : others_;
    http.deadline = request.deadline;
    http.max_body_bytes = request.max_body_bytes;
    SEALIFT_ASSIGN(HttpAnswer answer, send_once(http, sink, stop));
    if (at_registry) pass_warnings(answer.head.headers);
    if (!is_redirect(request, answer.head.status)) return answer;
    SEALIFT_ASSIGN(at, next_hop(request, at, answer));
  }
  return fail(ErrorCode::kInvalidInput, "registry " + registry_ + " redirects more than 10 times " +
                                            "when asked to " + request.action);
}

Result<Url> RegistrySession::next_hop(const RegistryRequest& request, const Url& at,
                                      const HttpAnswer& answer) {
  const std::string who = "registry " + registry_ + ", asked to " + request.action + ", redirects";
  const auto location = answer.head.headers.get("Location");
  if (!location) return fail(ErrorCode::kInvalidInput, who + " without saying where to");
  SEALIFT_ASSIGN_CONTEXT(Url next, at.resolve(*location), who);
  if (at.scheme == "https" && next.scheme != "https") {
    return fail(ErrorCode::kUntrusted,
                who + " from https to http, to " + printable(next.host) + ": that is not followed");
  }
  return next;
}

Result<HttpAnswer> RegistrySession::send_once(const HttpRequest& request, HttpSink& sink,
                                              std::stop_token stop) {
  SuccessSink routed(sink);
  auto head = transport_.send(request, routed, stop);
  if (head) return HttpAnswer{*std::move(head), routed.take_error_body()};
  Error error = std::move(head).error();
  // Our own deadline, not the caller's wish: another attempt may be faster.
  if (error.code() == ErrorCode::kCancelled && !stop.stop_requested()) {
    error = Error(ErrorCode::kUnavailable, error.message());
  }
  return fail(explain_transport_error(std::move(error), origin_.scheme == "http"));
}

Result<HttpAnswer> RegistrySession::send(const RegistryRequest& request, std::stop_token stop) {
  RetryTimer timer(RetryPolicy{}, clock_, random_);
  while (true) {
    KeepingSink sink(request.max_body_bytes);
    auto answer = attempt(request, sink, stop);
    if (answer && is_success(*answer)) {
      answer->body = sink.take();
      return answer;
    }
    const AttemptOutcome outcome = outcome_of(answer);
    if (!is_retryable(outcome)) return answer;
    if (timer.wait_after(outcome, stop)) continue;
    if (stop.stop_requested()) {
      return fail(ErrorCode::kCancelled, "stopped while waiting to " + request.action + " again");
    }
    if (!answer) return answer;
    return fail(error_of(request, *answer));
  }
}

bool RegistrySession::lacks_referrers_api() {
  const std::lock_guard lock(mutex_);
  return without_referrers_api_until_ && clock_.steady_now() < *without_referrers_api_until_;
}

void RegistrySession::note_missing_referrers_api() {
  const std::lock_guard lock(mutex_);
  without_referrers_api_until_ = clock_.steady_now() + kReferrersApiMemory;
}

RetryTimer RegistrySession::retry_timer(int max_attempts) {
  RetryPolicy policy;
  policy.max_attempts = max_attempts;
  return {policy, clock_, random_};
}

AttemptOutcome RegistrySession::outcome_of(const Result<HttpAnswer>& result) {
  if (!result) return {result.error().code(), 0, result.error().retry_after()};
  const auto field = result->head.headers.get("Retry-After");
  return {std::nullopt, result->head.status,
          field ? parse_retry_after(*field, clock_.now()) : std::nullopt};
}

Error RegistrySession::error_of(const RegistryRequest& request, const HttpAnswer& answer) {
  const RegistryTask task{registry_, repository_, request.action, origin_.scheme == "http",
                          login_advice_};
  return registry_error(task, answer.head, answer.body, authenticator_.credentials(), clock_.now());
}

void RegistrySession::pass_warnings(const HttpHeaders& headers) {
  if (!on_warning_) return;
  for (const auto header : headers.get_all("Warning")) {
    const auto text = warning_text(header);
    if (!text) continue;
    {
      const std::lock_guard lock(mutex_);
      if (warnings_.size() >= kMaxWarnings || !warnings_.insert(*text).second) continue;
    }
    on_warning_("registry " + registry_ + " warns: " + *text);
  }
}

}  // namespace sealift::oci
