#pragma once

#include "support/temp_directory.h"

#include <filesystem>
#include <string>

namespace sealift::test {

// Programs that keep logins for docker and its kin, as shell scripts in a folder of their own.
class CredentialHelpers {
 public:
  // What PATH has to be so that they are found.
  std::string search_path() const { return directory_.path() + ":/usr/bin:/bin"; }

  // Adds docker-credential-NAME.
  void add(const std::string& name, const std::string& script) const {
    const auto path = directory_.write("docker-credential-" + name, "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }
  // One that keeps each login in a file.
  void add_keeper(const std::string& name) const {
    add(name, R"sh(cd "$(dirname "$0")" || exit 1
echo "$1" >>calls
name() { tr -d '\n' | tr -c 'a-z0-9' _; }
case "$1" in
  get) cat "$(name)" 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; } ;;
  store) cat >new && mv new "$(sed 's/.*"ServerURL": *"\([^"]*\)".*/\1/' new | name)" ;;
  erase) rm "$(name)" ;;
esac)sh");
  }
  // What keepers were asked to do, a line each.
  std::string calls() const { return directory_.has("calls") ? directory_.read("calls") : ""; }

 private:
  TempDirectory directory_;
};

}  // namespace sealift::test
