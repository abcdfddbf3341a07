#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/identity_token.h>

#include <stop_token>
#include <string>

namespace sealift::keyless {

// For whom tokens are asked, as Fulcio expects it.
inline constexpr std::string_view kTokenAudience = "sigstore";

// Where a token may come from; empty where there is none.
struct TokenSources {
  std::string given = {};    // the token itself, or the path of a file with it
  std::string ambient = {};  // SIGSTORE_ID_TOKEN, as GitLab's `id_tokens` set it
  // GitHub Actions: ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN, which jobs
  // with the permission "id-token: write" have.
  std::string request_url = {};
  std::string request_token = {};

  bool has_any() const {
    return !given.empty() || !ambient.empty() || (!request_url.empty() && !request_token.empty());
  }
};

// The first of these that is there, in their order. kUnauthenticated where there is none, or the
// token has expired; kInvalidInput as parse_identity_token(), and where `issuer` is not empty and
// another one made the token; kNotFound, kIo of the file; or as the server's answer says.
Result<IdentityToken> find_identity_token(const TokenSources& sources, const std::string& issuer,
                                          const Environment& environment, FileSystem& files,
                                          std::stop_token stop);

}  // namespace sealift::keyless
