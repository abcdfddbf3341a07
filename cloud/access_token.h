#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <chrono>
#include <string>
#include <string_view>

namespace sealift::cloud {

struct AccessToken {
  std::string value;
  std::chrono::seconds life{0};  // from now; positive
};

// The answer of an OAuth 2.0 token endpoint (RFC 6749, section 5.1): a bearer token and, as a
// number or as a text of digits, in how many seconds it ends. kInvalidInput where one of them is
// missing or no such thing; no message shows the token.
Result<AccessToken> parse_access_token(std::string_view body, std::string_view what);

// How long until a time, for something that ends then. kInvalidInput where it is past: either the
// server or this machine's clock is wrong.
Result<std::chrono::seconds> life_until(Timestamp end, Timestamp now, std::string_view what);

// When a JSON Web Token ends by its own claim (RFC 7519, section 4.1.4). Its signature is not
// looked at: who made it was asked over https. kInvalidInput.
Result<Timestamp> expiry_of_jwt(std::string_view token, std::string_view what);

}  // namespace sealift::cloud
