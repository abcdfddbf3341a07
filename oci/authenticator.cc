#include "authenticator.h"

#include "registry_error.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/base/percent_encoding.h>

#include <algorithm>

namespace sealift::oci {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t kMaxTokenAnswer = 128u << 10;
constexpr std::size_t kMaxScopeText = 1'024;
constexpr seconds kShortestLife{60};  // also where the server names none
constexpr seconds kLongestLife{24 * 60 * 60};
constexpr seconds kRefreshEarly{30};
constexpr milliseconds kLongestWait{60'000};  // for a token server, where a transfer has longer
constexpr std::string_view kBearer = "Bearer ";

std::string basic(const std::string& username, const std::string& password) {
  return "Basic " + base64_encode(username + ":" + password);
}

std::string basic(const Credentials& login) { return basic(login.username, login.password); }

bool is_success(int status) { return status >= 200 && status <= 299; }

// Scopes stand one beside the other in a challenge; a token server takes each by itself.
std::vector<std::string> split_scopes(std::string_view text) {
  std::vector<std::string> scopes;
  while (!text.empty()) {
    const auto scope = text.substr(0, text.find(' '));
    const bool is_new = std::find(scopes.begin(), scopes.end(), scope) == scopes.end();
    if (!scope.empty() && is_new) scopes.emplace_back(scope);
    text.remove_prefix(std::min(text.size(), scope.size() + 1));
  }
  return scopes;
}

// RFC 6750, section 2.1: what may stand in a header.
bool is_token(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

std::shared_ptr<const HttpServerSettings> settings_for_others(
    const std::shared_ptr<const HttpServerSettings>& server) {
  if (server == nullptr || server->client_key_pem.empty()) return server;
  HttpServerSettings others = *server;
  others.client_certificate_pem.clear();
  others.client_key_pem.clear();
  return std::make_shared<const HttpServerSettings>(std::move(others));
}

Authenticator::Authenticator(Url registry, Login login,
                             std::shared_ptr<const HttpServerSettings> server,
                             HttpTransport& transport, Clock& clock)
    : registry_(std::move(registry)),
      source_(std::move(login.source)),
      advice_(std::move(login.advice)),
      server_(std::move(server)),
      transport_(transport),
      clock_(clock),
      tokens_(clock),
      credentials_(std::move(login.credentials)) {}

Credentials Authenticator::credentials() {
  const std::lock_guard lock(mutex_);
  return credentials_;
}

Result<Credentials> Authenticator::current(std::stop_token stop) {
  if (!source_) return credentials();
  SEALIFT_ASSIGN(Credentials given, source_->find(std::move(stop)));
  const std::lock_guard lock(mutex_);
  credentials_ = given;
  return given;
}

// False where that was not the source's login.
bool Authenticator::drop_if_shown(const std::optional<std::string>& authorization) {
  const Credentials shown = credentials();
  if (!source_ || shown.password.empty() || authorization != basic(shown)) return false;
  source_->drop(shown);
  return true;
}

Result<std::optional<std::string>> Authenticator::authorization(const std::string& scope,
                                                                milliseconds deadline,
                                                                std::stop_token stop) {
  std::optional<Challenge> challenge;
  std::string scopes;
  {
    const std::lock_guard lock(mutex_);
    challenge = challenge_;
    scopes = scopes_of(scope);
  }
  if (!challenge) return std::nullopt;
  if (challenge->scheme == "basic") {
    SEALIFT_ASSIGN(const Credentials login, current(std::move(stop)));
    return basic(login);
  }
  const auto fetch = [&] { return fetch_token(*challenge, scopes, deadline, stop); };
  SEALIFT_ASSIGN(const std::string token, tokens_.get(scopes, fetch, stop));
  return std::string(kBearer) + token;
}

std::string Authenticator::scopes_of(const std::string& scope) const {
  const auto wanted = wanted_.find(scope);
  return wanted == wanted_.end() ? scope : scope + " " + wanted->second;
}

bool Authenticator::learn(const LoginRefusal& refusal) {
  const auto& [headers, scope, refused, before] = refusal;
  // A source may have kept for long what it gave, and gives another. Besides that, a second refusal
  // in a row is meant: what was sent is as fresh as it gets.
  if (drop_if_shown(refused)) return before <= 1;
  if (before > 0) return false;
  std::vector<Challenge> offered;
  for (const auto header : headers.get_all("WWW-Authenticate")) {
    for (auto& challenge : parse_challenges(header)) offered.push_back(std::move(challenge));
  }
  const auto find = [&](std::string_view scheme) {
    return std::find_if(offered.begin(), offered.end(),
                        [&](const Challenge& challenge) { return challenge.scheme == scheme; });
  };
  auto chosen = find("bearer");
  const Credentials login = credentials();
  if (chosen == offered.end() && (source_ || !login.password.empty())) chosen = find("basic");
  if (chosen == offered.end()) return false;
  if (chosen->scheme == "basic" && refused == basic(login)) return false;
  const std::lock_guard lock(mutex_);
  const std::string scopes = scopes_of(scope);
  if (refused && refused->starts_with(kBearer)) {
    tokens_.drop(scopes, std::string_view(*refused).substr(kBearer.size()));
  }
  const std::string_view wanted = chosen->parameter("scope");
  if (!wanted.empty() && wanted != scope && wanted.size() <= kMaxScopeText) {
    wanted_.insert_or_assign(scope, std::string(wanted));
    // Else a registry that wants another one each time would fill the memory.
    if (scopes_of(scope) != scopes) tokens_.drop(scopes);
  }
  challenge_ = std::move(*chosen);
  return true;
}

void Authenticator::keep_identity_token(const Json& answer) {
  const auto token = answer.string_at({"refresh_token"});
  const std::lock_guard lock(mutex_);
  if (is_token(token)) identity_token_ = token;
}

std::string Authenticator::identity_token() {
  const std::lock_guard lock(mutex_);
  return identity_token_;
}

bool Authenticator::was_challenged() {
  const std::lock_guard lock(mutex_);
  return challenge_.has_value();
}

Result<Url> Authenticator::check_realm(std::string_view realm) const {
  const std::string who = "registry " + registry_.host + " sends logins to \"" + printable(realm);
  auto url = Url::parse(realm);
  if (!url) return fail(std::move(url).error().with_context(who + "\""));
  if (url->scheme != "https" && registry_.scheme == "https") {
    return fail(ErrorCode::kUntrusted,
                who + "\", which is not https: nothing was sent; ask the registry's owner");
  }
  if (url->host != registry_.host && is_private_host(url->host)) {
    return fail(ErrorCode::kUntrusted,
                who +
                    "\", which is a private address other than its own: nothing was sent; ask "
                    "the registry's owner");
  }
  if (source_ && !source_->may_go_to(url->host)) {
    return fail(ErrorCode::kUntrusted,
                who +
                    "\", which must not see a login of this workload: nothing was sent; ask the "
                    "registry's owner");
  }
  return url;
}

Result<Authenticator::Token> Authenticator::fetch_token(const Challenge& challenge,
                                                        const std::string& scopes,
                                                        milliseconds deadline,
                                                        std::stop_token stop) {
  SEALIFT_ASSIGN(Url realm, check_realm(challenge.parameter("realm")));
  const TokenRequest request{std::move(realm), std::string(challenge.parameter("service")),
                             split_scopes(scopes), std::min(deadline, kLongestWait)};
  SEALIFT_ASSIGN(const Credentials login, current(stop));
  auto token = trade(request, login, stop);
  if (token || !source_ || token.error().code() != ErrorCode::kUnauthenticated) return token;
  source_->drop(login);
  SEALIFT_ASSIGN(const Credentials fresh, current(stop));
  return trade(request, fresh, std::move(stop));
}

Result<Authenticator::Token> Authenticator::trade(const TokenRequest& request,
                                                  const Credentials& login, std::stop_token stop) {
  if (!login.identity_token.empty()) {
    SEALIFT_ASSIGN(const HttpAnswer answer, ask_by_post(request, login, stop));
    if (is_success(answer.head.status)) return read_token(request.realm, answer, login);
    // Servers from before OAuth2 answer so; they know a login by GET alone.
    constexpr std::array kNoOauth = {400, 401, 404, 405};
    if (std::find(kNoOauth.begin(), kNoOauth.end(), answer.head.status) == kNoOauth.end()) {
      return read_token(request.realm, answer, login);
    }
  }
  SEALIFT_ASSIGN(const HttpAnswer answer, ask_by_get(request, login, std::move(stop)));
  return read_token(request.realm, answer, login);
}

Result<HttpAnswer> Authenticator::ask_by_get(const TokenRequest& request, const Credentials& login,
                                             std::stop_token stop) {
  Url url = request.realm;
  if (!request.service.empty()) url = url.with_query("service", request.service);
  for (const auto& scope : request.scopes) url = url.with_query("scope", scope);
  // distribution, docs/spec/auth/token.md.
  if (wants_identity_token_) {
    url = url.with_query("account", login.username)
              .with_query("client_id", "sealift")
              .with_query("offline_token", "true");
  }
  HttpRequest http;
  http.url = url.to_string();
  if (!login.password.empty()) {
    http.headers.set("Authorization", basic(login));
  } else if (!login.identity_token.empty()) {
    http.headers.set("Authorization", basic("<token>", login.identity_token));
  }
  return send(std::move(http), request, std::move(stop));
}

Result<HttpAnswer> Authenticator::ask_by_post(const TokenRequest& request, const Credentials& login,
                                              std::stop_token stop) {
  std::string scopes;
  for (const auto& scope : request.scopes) scopes += (scopes.empty() ? "" : " ") + scope;
  std::string form = form_encode({{"grant_type", "refresh_token"},
                                  {"service", request.service},
                                  {"client_id", "sealift"},
                                  {"scope", scopes},
                                  {"refresh_token", login.identity_token}});
  HttpRequest http;
  http.method = "POST";
  http.url = request.realm.to_string();
  http.headers.set("Content-Type", "application/x-www-form-urlencoded");
  http.body = Blob::from_string(std::move(form));
  return send(std::move(http), request, std::move(stop));
}

Result<HttpAnswer> Authenticator::send(HttpRequest http, const TokenRequest& request,
                                       std::stop_token stop) {
  http.server = request.realm.same_origin(registry_) ? server_ : settings_for_others(server_);
  http.max_body_bytes = kMaxTokenAnswer;
  http.deadline = request.deadline;
  auto answer = send_for_bytes(transport_, http, std::move(stop));
  if (answer) return answer;
  return fail(std::move(answer).error().with_context("token server " + request.realm.host));
}

Result<Authenticator::Token> Authenticator::read_token(const Url& realm, const HttpAnswer& answer,
                                                       const Credentials& login) {
  if (!is_success(answer.head.status)) {
    const RegistryTask task{realm.host, registry_.host, "give a token", false, advice_};
    return fail(registry_error(task, answer.head, answer.body, login, clock_.now()));
  }
  const std::string what = "the answer of token server " + realm.host;
  SEALIFT_ASSIGN(const Json json, parse_json(answer.body, what));
  std::string_view value = json.string_at({"token"});
  if (value.empty()) value = json.string_at({"access_token"});
  if (!is_token(value)) return fail(ErrorCode::kInvalidInput, what + " holds no token");
  if (wants_identity_token_) keep_identity_token(json);
  seconds life = kShortestLife;
  if (const Json* expires_in = json.find("expires_in")) {
    life = std::clamp(seconds(expires_in->as_int64().value_or(0)), kShortestLife, kLongestLife);
  }
  return Token{std::string(value), clock_.steady_now() + life - kRefreshEarly};
}

}  // namespace sealift::oci
