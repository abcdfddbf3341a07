#include <sealift/base/base64url.h>
#include <sealift/base/encoding.h>
#include <sealift/keyless/device_login.h>

#include <algorithm>
#include <utility>

#include "token_endpoint.h"

namespace sealift::keyless {
namespace {

using std::chrono::seconds;

constexpr std::string_view kGrant = "urn:ietf:params:oauth:grant-type:device_code";
constexpr seconds kUsualInterval(5);  // RFC 8628, section 3.2
constexpr seconds kMaxInterval(60);
constexpr seconds kSlowDown(5);  // section 3.5
constexpr std::size_t kMaxShownBytes = 400;

struct DeviceCode {
  std::string secret;
  DevicePrompt prompt;
  seconds lifetime;
  seconds interval;
};

seconds seconds_at(const Json& json, std::string_view name, seconds otherwise, seconds most) {
  const Json* value = json.find(name);
  const auto number = value != nullptr ? value->as_int64() : std::nullopt;
  if (!number || *number < 1) return otherwise;
  return std::min(seconds(std::min<std::int64_t>(*number, most.count())), most);
}

Result<DeviceCode> read_device_code(const Json& json, const std::string& issuer) {
  DeviceCode code;
  code.secret = json.string_at({"device_code"});
  code.prompt.address = printable(json.string_at({"verification_uri"}), kMaxShownBytes);
  code.prompt.code = printable(json.string_at({"user_code"}), kMaxShownBytes);
  code.prompt.complete_address =
      printable(json.string_at({"verification_uri_complete"}), kMaxShownBytes);
  if (code.secret.empty() || code.prompt.address.empty() || code.prompt.code.empty()) {
    return fail(ErrorCode::kInvalidInput,
                issuer + " gave no code for a login by device, or no address for it");
  }
  code.lifetime = seconds_at(json, "expires_in", kMaxDeviceLogin, kMaxDeviceLogin);
  code.interval = seconds_at(json, "interval", kUsualInterval, kMaxInterval);
  return code;
}

Result<DeviceCode> request_code(const OpenIdProvider& provider, const LoginClient& client,
                                const std::string& verifier, const Environment& environment,
                                const std::stop_token& stop) {
  SEALIFT_ASSIGN(const auto answer, post_form(provider.device_endpoint,
                                              {{"scope", "openid email"},
                                               {"code_challenge", code_challenge(verifier)},
                                               {"code_challenge_method", "S256"}},
                                              client, provider.issuer, environment, stop));
  if (const auto* error = std::get_if<OAuthError>(&answer)) {
    return fail(error->to_error(provider.issuer));
  }
  return read_device_code(std::get<Json>(answer), provider.issuer);
}

}  // namespace

Result<IdentityToken> log_in_by_device(const OpenIdProvider& provider, const LoginClient& client,
                                       const std::function<void(const DevicePrompt&)>& show,
                                       const Environment& environment, std::stop_token stop) {
  if (provider.device_endpoint.empty()) {
    return fail(ErrorCode::kNotFound, "the issuer " + provider.issuer +
                                          " has no login by device; log in with a browser, or give "
                                          "a token with --identity-token");
  }
  constexpr std::size_t kSecretBytes = 32;
  const std::string verifier = base64url_encode(environment.random.bytes(kSecretBytes));
  SEALIFT_ASSIGN(auto code, request_code(provider, client, verifier, environment, stop));
  show(code.prompt);
  const auto end = environment.clock.steady_now() + code.lifetime;
  while (environment.clock.steady_now() + code.interval <= end) {
    environment.clock.sleep_until(environment.clock.steady_now() + code.interval, stop);
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "the login was interrupted");
    SEALIFT_ASSIGN(const auto answer, post_form(provider.token_endpoint,
                                                {{"grant_type", kGrant},
                                                 {"device_code", code.secret},
                                                 {"code_verifier", verifier}},
                                                client, provider.issuer, environment, stop));
    const auto* error = std::get_if<OAuthError>(&answer);
    if (error == nullptr) return read_login_token(std::get<Json>(answer), provider, client, "");
    if (error->code == "slow_down") code.interval += kSlowDown;
    if (error->code == "slow_down" || error->code == "authorization_pending") continue;
    return fail(error->to_error(provider.issuer));
  }
  return fail(ErrorCode::kUnauthenticated,
              "nobody logged in with the code " + code.prompt.code + " in time");
}

}  // namespace sealift::keyless
