#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>
#include <sealift/oci/reference.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

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
  // What was read of standard input, once for all repositories that these flags are for. To open
  // those from several threads at once is wrong for this.
  mutable std::optional<std::string> read_password;
  // Whether standard input may have the password of another registry as well, a line for each.
  bool shares_input = false;
  std::string provider = "generic";  // who makes the login; "generic": it is stored or given
  // See add_mirror_flags().
  std::vector<std::string> mirrors;
  bool mirrors_resolve_tags = false;
};

// Flags that need each other and are not both there are a usage error. For commands with two
// registries `side` is "from" or "to", which begins the names of the flags: --from-plain-http.
std::shared_ptr<RegistryFlags> add_registry_flags(CLI::App& command, const std::string& side = "");

// The same for a command that keeps a login: --username may stand alone, because the password can
// be asked for, and --registry-config is where the login goes.
std::shared_ptr<RegistryFlags> add_login_flags(CLI::App& command);
// That last flag alone.
void add_login_file_flag(CLI::App& command, const std::shared_ptr<RegistryFlags>& flags);

// The positional argument REFERENCE of a command; it has a value when the command runs. What is no
// address is a usage error, and so is one without a tag and a digest where `names_one_artifact`:
// "latest" is nothing to sign or to trust by accident.
std::shared_ptr<std::optional<oci::Reference>> add_reference(CLI::App& command,
                                                             bool names_one_artifact);

// The same where the command can do without.
std::shared_ptr<std::optional<oci::Reference>> add_optional_reference(CLI::App& command);

// All that the flags say but the login. What the registry wants people to read is printed as a
// warning. kNotFound for a file that is not there.
Result<oci::RepositoryOptions> registry_options(const RegistryFlags& flags,
                                                const Surroundings& surroundings);

// What standard input holds, without the line break at its end; only its next line where input is
// shared. kInvalidInput where that is nothing, or more than 64 KiB.
Result<std::string> read_password_from_input(const RegistryFlags& flags);

// With the login that the flags name, or that the machine's user has. kNotFound for a file that is
// not there, kInvalidInput for one that is not what it should be, or for a helper program that
// fails.
Result<std::unique_ptr<oci::Repository>> open_repository(const oci::Reference& reference,
                                                         const RegistryFlags& flags,
                                                         const Surroundings& surroundings);

}  // namespace sealift::program
