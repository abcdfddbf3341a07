#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/archive.h>

#include <string>
#include <vector>

#include "command.h"
#include "registry_flags.h"

namespace sealift::program {

// Whether the other side has a blob, by what was named with --since: archives, layouts and
// repositories (reached as `registry` says), and files that list digests, one a line. Empty where
// nothing was named. kNotFound, kInvalidInput.
Result<oci::BlobQuestion> open_known_blobs(const std::vector<std::string>& names,
                                           const RegistryFlags& registry,
                                           const Surroundings& surroundings);

}  // namespace sealift::program
