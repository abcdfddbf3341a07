#pragma once

#include <sealift/base/file_system.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::oci {

// What to show a registry; all empty: anonymous.
struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;  // an OAuth2 refresh token, as docker stores it

  bool empty() const { return username.empty() && password.empty() && identity_token.empty(); }
};

// Finds the registry's entry in a Docker config.json or a kubernetes.io/dockerconfigjson secret:
// `auths` with "auth" (base64 user:password), or username/password, or identitytoken; keys may
// carry https:// and a path; Docker Hub is https://index.docker.io/v1/. Empty credentials where
// there is no entry. Credential helper programs are not started. kInvalidInput.
Result<Credentials> credentials_from_docker_config(std::string_view config_json,
                                                   std::string_view registry);

// The first of these files that exists: $REGISTRY_AUTH_FILE, $DOCKER_CONFIG/config.json,
// $HOME/.docker/config.json.
Result<Credentials> find_credentials(FileSystem& files, std::string_view registry);

}  // namespace sealift::oci
