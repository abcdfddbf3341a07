#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/open_repository.h>
#include <sealift/oci/reference.h>

#include <memory>
#include <string>
#include <vector>

#include "command.h"

namespace CLI {
class App;
}

namespace sealift::program {

struct RegistryFlags;

// Flags of commands that read: --mirror and --mirror-tags, or --from-mirror where `side` is "from".
// What is no address is a usage error.
void add_mirror_flags(CLI::App& command, const std::shared_ptr<RegistryFlags>& flags,
                      const std::string& side = "");

// The mirrors that the flags name for this registry's repository, each with the login that the
// user has there. Of how the registry is reached they share the certificate authority alone.
Result<std::vector<oci::Mirror>> find_mirrors(const oci::Reference& reference,
                                              const RegistryFlags& flags,
                                              const HttpServerSettings& server,
                                              const Surroundings& surroundings);

}  // namespace sealift::program
