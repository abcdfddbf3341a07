#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>
#include <sealift/oci/reference.h>

#include <memory>
#include <string>

#include "machine.h"

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

std::shared_ptr<RegistryFlags> add_registry_flags(CLI::App& command);

// kInvalidInput for flags that contradict each other, kNotFound for a file that is not there.
Result<std::unique_ptr<oci::Repository>> open_repository(const oci::Reference& reference,
                                                         const RegistryFlags& flags,
                                                         const Machine& machine);

// The digest if there is one, otherwise the tag. kInvalidInput where the reference has neither.
Result<std::string> tag_or_digest(const oci::Reference& reference);

}  // namespace sealift::program
