#include <sealift/base/base64url.h>
#include <sealift/base/encoding.h>
#include <sealift/base/percent_encoding.h>
#include <sealift/keyless/browser_login.h>

#include <utility>

#include "token_endpoint.h"

namespace sealift::keyless {
namespace {

constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMaxCodeBytes = 4096;

std::string fresh_secret(Random& random) { return base64url_encode(random.bytes(kSecretBytes)); }

}  // namespace

BrowserLogin::BrowserLogin(OpenIdProvider provider, LoginClient client, std::string redirect_uri,
                           Random& random)
    : provider_(std::move(provider)),
      client_(std::move(client)),
      redirect_uri_(std::move(redirect_uri)),
      state_(fresh_secret(random)),
      nonce_(fresh_secret(random)),
      verifier_(fresh_secret(random)) {
  const bool has_query = provider_.authorization_endpoint.find('?') != std::string::npos;
  url_ = provider_.authorization_endpoint + (has_query ? "&" : "?") +
         form_encode({{"response_type", "code"},
                      {"client_id", client_.id},
                      {"redirect_uri", redirect_uri_},
                      {"scope", "openid email"},
                      {"state", state_},
                      {"nonce", nonce_},
                      {"code_challenge", code_challenge(verifier_)},
                      {"code_challenge_method", "S256"}});
}

Result<std::string> BrowserLogin::code_in(const LoginReturn& returned) const {
  if (returned.state != state_ || (returned.issuer && returned.issuer != provider_.issuer)) {
    return fail(ErrorCode::kForbidden, "this is not the answer to the login that was begun here");
  }
  if (returned.error) {
    return fail(OAuthError{*returned.error, returned.error_description.value_or("")}.to_error(
        provider_.issuer));
  }
  if (!returned.code || returned.code->empty() || returned.code->size() > kMaxCodeBytes) {
    return fail(ErrorCode::kInvalidInput,
                provider_.issuer + " sent the browser back without a code");
  }
  return *returned.code;
}

Result<IdentityToken> BrowserLogin::redeem(const std::string& code, const Environment& environment,
                                           std::stop_token stop) const {
  SEALIFT_ASSIGN(const auto answer, post_form(provider_.token_endpoint,
                                              {{"grant_type", "authorization_code"},
                                               {"code", code},
                                               {"redirect_uri", redirect_uri_},
                                               {"code_verifier", verifier_}},
                                              client_, provider_.issuer, environment, stop));
  if (const auto* error = std::get_if<OAuthError>(&answer)) {
    return fail(error->to_error(provider_.issuer));
  }
  return read_login_token(std::get<Json>(answer), provider_, client_, nonce_);
}

}  // namespace sealift::keyless
