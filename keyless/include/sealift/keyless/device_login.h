#pragma once

#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/identity_token.h>
#include <sealift/keyless/openid_provider.h>

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

namespace sealift::keyless {

// Nobody is waited for longer, whatever the issuer says.
inline constexpr std::chrono::seconds kMaxDeviceLogin = std::chrono::minutes(15);

// What a person is told: go there with any device, and enter the code.
struct DevicePrompt {
  std::string address;
  std::string code;
  std::string complete_address;  // with the code in it; empty where the issuer gives none
};

// Logs a person in by a second device (RFC 8628): asks for a code, shows it, and asks for the token
// as often as the issuer allows until it is there. kNotFound: the issuer has no such login;
// kUnauthenticated: the person refused, or the code ran out; otherwise as BrowserLogin::redeem(),
// but for the nonce, which this login does not have.
Result<IdentityToken> log_in_by_device(const OpenIdProvider& provider, const LoginClient& client,
                                       const std::function<void(const DevicePrompt&)>& show,
                                       const Environment& environment, std::stop_token stop);

}  // namespace sealift::keyless
