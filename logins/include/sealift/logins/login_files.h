#pragma once

#include <string>
#include <vector>

namespace sealift::logins {

// A file in the format of docker's config.json, which containers' auth.json has too.
struct LoginFile {
  std::string path;
  bool must_exist = false;  // somebody named it
};

// Where logins are looked for, the first that has one wins: `named`, where it is not empty, or
// $REGISTRY_AUTH_FILE, and then nothing else; otherwise $DOCKER_CONFIG/config.json or
// ~/.docker/config.json, then $XDG_RUNTIME_DIR/containers/auth.json, then
// $XDG_CONFIG_HOME/containers/auth.json (~/.config). containers-auth.json(5) has the same files
// with docker's last: there, what podman wrote counts first, here what docker, oras and crane
// wrote.
std::vector<LoginFile> login_files(const std::string& named);

// The file that a new login goes into: the first of login_files(), or else empty, where neither
// $DOCKER_CONFIG nor $HOME says where that would be. Symbolic links are followed, so that the file
// behind one is replaced and not the link.
std::string login_file_to_write(const std::string& named);

}  // namespace sealift::logins
