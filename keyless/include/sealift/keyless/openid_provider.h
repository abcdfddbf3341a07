#pragma once

#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>

#include <stop_token>
#include <string>

namespace sealift::keyless {

// Where an issuer of identity tokens lets people log in.
struct OpenIdProvider {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string device_endpoint;  // empty: it has no login by device
};

// As whom a program logs people in.
struct LoginClient {
  std::string id = "sigstore";  // for whom tokens are made as well
  std::string secret = {};      // empty: a public client, which has none
};

// Asks the issuer itself (OpenID Connect Discovery 1.0, section 4). kInvalidInput: an address
// that is neither https nor on this machine, a document of another issuer, or without the
// endpoints; otherwise as the server's answer says.
Result<OpenIdProvider> discover_provider(const std::string& issuer, const Environment& environment,
                                         std::stop_token stop);

}  // namespace sealift::keyless
