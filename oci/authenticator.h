#pragma once

#include "challenge.h"
#include "token_cache.h"
#include "url.h"

#include <sealift/base/clock.h>
#include <sealift/base/http.h>
#include <sealift/base/json.h>
#include <sealift/oci/credential_source.h>
#include <sealift/oci/credentials.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::oci {

// What there is to log in with.
struct Login {
  Credentials credentials;                   // that are stored; may be empty
  std::shared_ptr<CredentialSource> source;  // in their place; may be null
  std::string advice;                        // as RepositoryOptions::login_advice
};

// A registry's 401.
struct LoginRefusal {
  const HttpHeaders& headers;
  const std::string& scope;
  const std::optional<std::string>& authorization;  // that the request carried
  int before = 0;                                   // how many the same attempt met already
};

// Logs in at one registry: nothing is sent before a server asks, then Basic (RFC 7617) or the token
// protocol of distribution (Bearer; GET, or OAuth2 POST with a refresh token). Tokens are kept for
// each scope until shortly before they end, and one thread fetches one for all that wait for it. A
// source is asked for a login only where one is needed, and once more where what it gave was
// refused. Safe from many threads; no lock is held while a token or a login is fetched.
class Authenticator {
 public:
  // `registry` is where credentials may go by themselves; a token server elsewhere must be reached
  // over https, unless the registry itself is not, and must not be at a private address, so that a
  // registry cannot send the login, or this program, to a neighbour. What a source gives goes only
  // where that source allows.
  Authenticator(Url registry, Login login, std::shared_ptr<const HttpServerSettings> server,
                HttpTransport& transport, Clock& clock);

  // The Authorization value for a request of this scope ("repository:shop:pull", or several with
  // spaces between); nullopt: none. May ask the source and the token server, which has as long as
  // the request has, and a minute at most. kUnauthenticated, kUnavailable, kUntrusted (the realm is
  // refused), …
  Result<std::optional<std::string>> authorization(const std::string& scope,
                                                   std::chrono::milliseconds deadline,
                                                   std::stop_token stop);

  // True where trying again may help; false where this login was refused or there is none.
  bool learn(const LoginRefusal& refusal);

  // From now on a token server is also asked for what may be kept in place of the password. Before
  // the first request.
  void ask_for_identity_token() { wants_identity_token_ = true; }
  // What it gave: an OAuth2 refresh token, or empty.
  std::string identity_token();
  // Whether the registry has asked for a login.
  bool was_challenged();

  // What was shown last, or is to be shown.
  Credentials credentials();

 private:
  using Token = TokenCache::Token;
  struct TokenRequest {
    Url realm;
    std::string service;
    std::vector<std::string> scopes;
    std::chrono::milliseconds deadline;
  };

  // The scope with what the registry wants besides it. Needs the lock.
  std::string scopes_of(const std::string& scope) const;
  Result<Credentials> current(std::stop_token stop);
  bool drop_if_shown(const std::optional<std::string>& authorization);
  Result<Token> fetch_token(const Challenge& challenge, const std::string& scopes,
                            std::chrono::milliseconds deadline, std::stop_token stop);
  Result<Token> trade(const TokenRequest& request, const Credentials& login, std::stop_token stop);
  Result<Url> check_realm(std::string_view realm) const;
  void keep_identity_token(const Json& answer);
  Result<HttpAnswer> ask_by_get(const TokenRequest& request, const Credentials& login,
                                std::stop_token stop);
  Result<HttpAnswer> ask_by_post(const TokenRequest& request, const Credentials& login,
                                 std::stop_token stop);
  Result<HttpAnswer> send(HttpRequest http, const TokenRequest& request, std::stop_token stop);
  Result<Token> read_token(const Url& realm, const HttpAnswer& answer, const Credentials& login);

  Url registry_;
  std::shared_ptr<CredentialSource> source_;
  std::string advice_;
  std::shared_ptr<const HttpServerSettings> server_;
  HttpTransport& transport_;
  Clock& clock_;
  bool wants_identity_token_ = false;
  TokenCache tokens_;  // by scopes_of()

  std::mutex mutex_;
  Credentials credentials_;                    // of a source: what it gave last
  std::optional<Challenge> challenge_;         // what the registry asked for last
  std::map<std::string, std::string> wanted_;  // by scope: what the registry wants besides it
  std::string identity_token_;                 // that the token server gave
};

// Credentials never leave for another server: settings without the client certificate.
std::shared_ptr<const HttpServerSettings> settings_for_others(
    const std::shared_ptr<const HttpServerSettings>& server);

}  // namespace sealift::oci
