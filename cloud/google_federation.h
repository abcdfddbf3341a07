#pragma once

#include <sealift/base/result.h>
#include <sealift/cloud/workload.h>

#include <stop_token>
#include <string>
#include <string_view>

#include "access_token.h"

namespace sealift::cloud {

// What GOOGLE_APPLICATION_CREDENTIALS names for workload identity federation: a credential
// configuration of the type external_account with a token in a file (Google AIP-4117).
struct GoogleFederation {
  std::string audience;
  std::string subject_token_type;
  std::string token_url;          // https, below googleapis.com
  std::string impersonation_url;  // likewise; empty: the identity itself is used
  std::string token_file;
  std::string token_field;  // of the JSON in it; empty: the file is the token
};

// kInvalidInput, naming the member; for another type of credentials with what can be had instead.
Result<GoogleFederation> parse_google_federation(std::string_view json, std::string_view source);

// Trades the token in the file at Google's Security Token Service (RFC 8693), and what that gives
// for one of a service account where the configuration says so. As ask().
Result<AccessToken> federated_google_token(const GoogleFederation& federation,
                                           const Workload& workload, std::stop_token stop);

}  // namespace sealift::cloud
