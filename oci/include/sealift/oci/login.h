#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>

#include <stop_token>
#include <string>

namespace sealift::oci {

// What a registry says to a login.
struct LoginAnswer {
  bool was_asked_for = false;  // false: the registry wants none, so that nothing was checked
  // What may be kept in place of the password, where the token server gives such a thing: an OAuth2
  // refresh token, as Credentials::identity_token.
  std::string identity_token;
};

// Asks the registry's base URL (distribution-spec 1.1, "Determining Support") with the credentials
// of the options. `registry` is "host[:port]". kUnauthenticated where they are refused; otherwise
// as any request to a registry fails.
Result<LoginAnswer> try_login(const std::string& registry, const RepositoryOptions& options,
                              const RepositoryEnvironment& environment, std::stop_token stop);

}  // namespace sealift::oci
