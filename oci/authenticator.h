#pragma once

#include "challenge.h"
#include "url.h"

#include <sealift/base/clock.h>
#include <sealift/base/http.h>
#include <sealift/oci/credentials.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::oci {

// Logs in at one registry: nothing is sent before a server asks, then Basic (RFC 7617) or the token
// protocol of distribution (Bearer; GET, or OAuth2 POST with a refresh token). Tokens are kept for
// each scope until shortly before they end. Safe from many threads; no lock is held while a token
// is fetched.
class Authenticator {
 public:
  // `registry` is where credentials may go by themselves; a token server elsewhere must be reached
  // over https and must not be at a private address, so that a registry cannot send the login, or
  // this program, to a neighbour.
  Authenticator(Url registry, Credentials credentials,
                std::shared_ptr<const HttpServerSettings> server, HttpTransport& transport,
                Clock& clock);

  // The Authorization value for a request of this scope ("repository:shop:pull"); nullopt: none.
  // May ask the token server. kUnauthenticated, kUnavailable, kUntrusted (the realm is refused), …
  Result<std::optional<std::string>> authorization(const std::string& scope, std::stop_token stop);

  // Takes in the registry's 401. True where trying again may help; false where this login was
  // refused or there is none.
  bool learn(const HttpHeaders& headers, const std::string& scope,
             const std::optional<std::string>& refused);

  const Credentials& credentials() const { return credentials_; }

 private:
  struct Token {
    std::string value;
    SteadyTime ends;
  };
  struct TokenRequest {
    Url realm;
    std::string service;
    std::vector<std::string> scopes;
  };

  Result<Token> fetch_token(const Challenge& challenge, const std::vector<std::string>& scopes,
                            std::stop_token stop);
  Result<Url> check_realm(std::string_view realm) const;
  Result<HttpAnswer> ask_by_get(const TokenRequest& request, std::stop_token stop);
  Result<HttpAnswer> ask_by_post(const TokenRequest& request, std::stop_token stop);
  Result<HttpAnswer> send(HttpRequest request, const Url& realm, std::stop_token stop);
  Result<Token> read_token(const Url& realm, const HttpAnswer& answer);

  Url registry_;
  Credentials credentials_;
  std::shared_ptr<const HttpServerSettings> server_;
  HttpTransport& transport_;
  Clock& clock_;

  std::mutex mutex_;
  std::optional<Challenge> challenge_;         // what the registry asked for last
  std::map<std::string, Token> tokens_;        // by scope
  std::map<std::string, std::string> wanted_;  // by scope: what the registry wants besides it
};

// Credentials never leave for another server: settings without the client certificate.
std::shared_ptr<const HttpServerSettings> settings_for_others(
    const std::shared_ptr<const HttpServerSettings>& server);

}  // namespace sealift::oci
