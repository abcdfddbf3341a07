#pragma once

#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/identity_token.h>
#include <sealift/keyless/openid_provider.h>

#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "service_request.h"

namespace sealift::keyless {

using Parameters = std::vector<std::pair<std::string_view, std::string_view>>;

// PKCE's challenge for a verifier, by the method S256 (RFC 7636, section 4.2).
std::string code_challenge(std::string_view verifier);

// An endpoint's refusal (RFC 6749, section 5.2).
struct OAuthError {
  std::string code;  // "authorization_pending"
  std::string description;

  Error to_error(const std::string& what) const;  // kUnauthenticated
};

// POST of a form by the client; an answer as JSON, or the endpoint's refusal.
Result<std::variant<Json, OAuthError>> post_form(const std::string& url, Parameters parameters,
                                                 const LoginClient& client, const std::string& what,
                                                 const Environment& environment,
                                                 std::stop_token stop);

// The identity token in a token endpoint's answer. It came from the issuer itself, so that its
// signature proves nothing more (OpenID Connect Core 1.0, section 3.1.3.7); issuer, audience and,
// where not empty, nonce are checked. kUntrusted, kInvalidInput.
Result<IdentityToken> read_login_token(const Json& answer, const OpenIdProvider& provider,
                                       const LoginClient& client, const std::string& nonce);

}  // namespace sealift::keyless
