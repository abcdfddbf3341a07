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
  // Where docker keeps the login in a helper program instead ("docker-credential-NAME"): NAME.
  // Helpers are not started here, so this only serves to say so when the registry wants a login.
  std::string skipped_helper;

  bool empty() const { return username.empty() && password.empty() && identity_token.empty(); }
  bool operator==(const Credentials&) const = default;
};

// Finds the registry's entry in a Docker config.json or a kubernetes.io/dockerconfigjson secret:
// `auths` with "auth" (base64 user:password), or username/password, or identitytoken; keys may
// carry https:// and a path; Docker Hub is https://index.docker.io/v1/. Empty credentials where
// there is no entry, with `skipped_helper` where `credHelpers` or `credsStore` name a program that
// may have one: programs are not started here. The user name "<token>" makes the password an
// identity token, as docker's helpers write it. kInvalidInput; no message shows a secret.
Result<Credentials> credentials_from_docker_config(std::string_view config_json,
                                                   std::string_view registry);

// From the file $REGISTRY_AUTH_FILE, or else $DOCKER_CONFIG/config.json, or else
// $HOME/.docker/config.json: the first whose variable is set. Empty credentials where it does not
// exist, but kNotFound for REGISTRY_AUTH_FILE, which nobody sets by accident. At most 1 MiB.
Result<Credentials> find_credentials(FileSystem& files, std::string_view registry);

}  // namespace sealift::oci
