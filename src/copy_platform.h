#pragma once

#include <sealift/base/result.h>

#include <string>
#include <vector>

#include "copy_sources.h"

namespace sealift::program {

// Replaces each index among the items by its manifest for the platform that is wanted, if any,
// which then gets the index's tags; a manifest of its own stays. Warns where something is attached
// to an index and so stays behind. kNotFound where an index has nothing for the platform.
Result<> choose_platform(std::vector<CopySource>& sources, const CopyFlags& flags,
                         const Surroundings& surroundings);
// The same for items of one repository, which messages call `name`.
Result<> choose_platform(oci::Repository& from, const oci::Reference& name,
                         std::vector<oci::CopyItem>& items, const CopyFlags& flags,
                         const Surroundings& surroundings);

}  // namespace sealift::program
