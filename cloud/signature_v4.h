#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/http.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::cloud {

// What AWS gives an identity to sign requests with.
struct AwsKeys {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token = {};  // empty: of a user, for ever
};

// For which service a signature is good.
struct AwsScope {
  std::string_view region;
  std::string_view service;
};

// Signs a request by AWS Signature Version 4 (AWS General Reference, "Signing AWS API requests"):
// adds X-Amz-Date, X-Amz-Security-Token where there is one, and Authorization, which covers method,
// path, query, all headers set before, the host, and the body. The path and the query must be
// encoded already, as in any URL.
void sign_v4(HttpRequest& request, std::string_view body, const AwsKeys& keys,
             const AwsScope& scope, Timestamp now);

}  // namespace sealift::cloud
