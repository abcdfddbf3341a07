#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>
#include <sealift/oci/reference.h>

#include <memory>
#include <optional>
#include <string>

#include "command.h"

namespace CLI {
class App;
}

namespace sealift::program {

// How a registry is reached, by the flags that oras has.
struct RegistryFlags {
  bool plain_http = false;
  bool insecure = false;
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  std::string registry_config;
  std::string username;
  bool password_stdin = false;
};

// Flags that need each other and are not both there are a usage error. For commands with two
// registries `side` is "from" or "to", which begins the names of the flags: --from-plain-http.
std::shared_ptr<RegistryFlags> add_registry_flags(CLI::App& command, const std::string& side = "");

// The positional argument REFERENCE of a command; it has a value when the command runs. What is no
// address is a usage error, and so is one without a tag and a digest where `names_one_artifact`:
// "latest" is nothing to sign or to trust by accident.
std::shared_ptr<std::optional<oci::Reference>> add_reference(CLI::App& command,
                                                             bool names_one_artifact);

// What the registry wants people to read is printed as a warning. kNotFound for a file that is not
// there, kInvalidInput for one that is not what it should be.
Result<std::unique_ptr<oci::Repository>> open_repository(const oci::Reference& reference,
                                                         const RegistryFlags& flags,
                                                         const Surroundings& surroundings);

}  // namespace sealift::program
