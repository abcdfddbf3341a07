#pragma once

#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::oci {

// What to show a registry; all empty: anonymous.
struct Credentials {
  std::string username;
  std::string password;
  std::string identity_token;  // an OAuth2 refresh token, as docker stores it
  // Where docker would ask a helper program first ("docker-credential-NAME"): NAME. None is started
  // here; the room `logins` does that for people. The puller says so when the registry wants a
  // login.
  std::string skipped_helper;

  bool empty() const { return username.empty() && password.empty() && identity_token.empty(); }
  bool operator==(const Credentials&) const = default;
};

constexpr std::uint64_t kMaxDockerConfigBytes = 1u << 20;

// Finds the entry for `place`, "registry[:port]" or "registry[:port]/repository", in a Docker
// config.json, a containers-auth.json(5) or a kubernetes.io/dockerconfigjson secret of at most
// kMaxDockerConfigBytes: `auths` with "auth" (base64 user:password), or username/password, or
// identitytoken. Of keys with a path the longest that the place begins with counts
// ("quay.io/org/repo" before "quay.io"); a key with a scheme stands for the whole registry,
// whatever its path; "*" in a key's host stands for any text in one label, as Kubernetes has it;
// Docker Hub is https://index.docker.io/v1/. Empty credentials where there is no entry;
// `skipped_helper` where `credHelpers` or `credsStore` put a program in charge of the registry. The
// user name "<token>" makes the password an identity token, as docker's helpers write it.
// kInvalidInput; no message shows a secret.
Result<Credentials> credentials_from_docker_config(std::string_view config_json,
                                                   std::string_view place);

// What docker calls a registry in its files and to helper programs: its "host[:port]" but for
// Docker Hub, which is the URL of its old API.
std::string docker_server_name(std::string_view registry);

// Whether a key of `auths` stands for the whole registry, under any name that docker has given it.
bool is_key_of_registry(std::string_view key, std::string_view registry);

}  // namespace sealift::oci
