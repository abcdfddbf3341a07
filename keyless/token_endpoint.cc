#include "token_endpoint.h"

#include <sealift/base/base64url.h>
#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/base/percent_encoding.h>

#include <algorithm>

namespace sealift::keyless {
namespace {

tl::unexpected<Error> not_ours(const std::string& why) {
  return fail(ErrorCode::kUntrusted, "the identity token of the login is not to be used: " + why);
}

}  // namespace

std::string code_challenge(std::string_view verifier) {
  return base64url_encode(Digest::of(verifier).raw());
}

Error OAuthError::to_error(const std::string& what) const {
  std::string message = what + " refused: " + printable(code, 80);
  if (!description.empty()) message += " (" + printable(description) + ")";
  return Error(ErrorCode::kUnauthenticated, std::move(message));
}

Result<std::variant<Json, OAuthError>> post_form(const std::string& url, Parameters parameters,
                                                 const LoginClient& client, const std::string& what,
                                                 const Environment& environment,
                                                 std::stop_token stop) {
  parameters.emplace_back("client_id", client.id);
  if (!client.secret.empty()) parameters.emplace_back("client_secret", client.secret);
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  request.headers.set("Accept", "application/json");
  request.body = Blob::from_string(form_encode(parameters));
  SEALIFT_ASSIGN(const auto answer, ask_service(std::move(request), what, {200, 400, 401},
                                                environment, std::move(stop)));
  SEALIFT_ASSIGN(auto json, parse_answer(answer, what));
  // Some issuers refuse with status 200.
  OAuthError error{std::string(json.string_at({"error"})),
                   std::string(json.string_at({"error_description"}))};
  if (!error.code.empty()) return error;
  if (answer.head.status != 200) {
    return fail(ErrorCode::kUnauthenticated,
                what + " answered with status " + std::to_string(answer.head.status));
  }
  return json;
}

Result<IdentityToken> read_login_token(const Json& answer, const OpenIdProvider& provider,
                                       const LoginClient& client, const std::string& nonce) {
  SEALIFT_ASSIGN(auto token, parse_identity_token(answer.string_at({"id_token"}),
                                                  "what " + printable(provider.issuer) + " gave"));
  if (token.issuer != provider.issuer) {
    return not_ours("it is of the issuer " + printable(token.issuer) + ", and " + provider.issuer +
                    " was asked");
  }
  const auto& audience = token.audience;
  if (std::find(audience.begin(), audience.end(), client.id) == audience.end()) {
    return not_ours("it is not for the client " + client.id);
  }
  if (!nonce.empty() && token.nonce != nonce) {
    return not_ours("it answers another login (nonce)");
  }
  return token;
}

}  // namespace sealift::keyless
