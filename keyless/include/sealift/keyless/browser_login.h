#pragma once

#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/identity_token.h>
#include <sealift/keyless/openid_provider.h>

#include <optional>
#include <stop_token>
#include <string>

namespace sealift::keyless {

// What the browser brings to the redirect URI, decoded; nullopt where a parameter is not there.
struct LoginReturn {
  std::optional<std::string> state = std::nullopt;
  std::optional<std::string> code = std::nullopt;
  std::optional<std::string> error = std::nullopt;
  std::optional<std::string> error_description = std::nullopt;
  std::optional<std::string> issuer = std::nullopt;  // "iss" (RFC 9207)
};

// One login of a person in a browser: authorization code with PKCE (OpenID Connect Core 1.0,
// section 3.1; RFC 7636; RFC 8252). Whoever opens the address and listens at the redirect URI is
// the caller's matter.
class BrowserLogin {
 public:
  // State, nonce and PKCE's verifier are new, of 256 bits each.
  BrowserLogin(OpenIdProvider provider, LoginClient client, std::string redirect_uri,
               Random& random);

  // Where the person goes.
  const std::string& url() const { return url_; }

  // The code in what came back. kForbidden: it is not the answer to this login (state, RFC 9207);
  // kUnauthenticated: the issuer refused, with its reason; kInvalidInput: no code.
  Result<std::string> code_in(const LoginReturn& returned) const;

  // Fetches the token for a code. kUntrusted where it is of another issuer, for another client or
  // of another login (nonce); kInvalidInput as parse_identity_token(); kUnauthenticated where the
  // issuer refuses; or as its answer says.
  Result<IdentityToken> redeem(const std::string& code, const Environment& environment,
                               std::stop_token stop) const;

 private:
  OpenIdProvider provider_;
  LoginClient client_;
  std::string redirect_uri_;
  std::string state_;
  std::string nonce_;
  std::string verifier_;
  std::string url_;
};

}  // namespace sealift::keyless
