#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/reference.h>

#include "command.h"
#include "copy_sources.h"

namespace sealift::program {

// oci-archive:- is standard input, or standard output.
bool is_standard_stream(const oci::Reference& reference);

// Writes the sources into one archive. kConflict where the file is there and is not to be replaced.
Result<> copy_to_archive(const CopyFlags& flags, const Surroundings& surroundings);

// Copies out of the archive that comes in on standard input.
Result<> copy_from_input(const CopyFlags& flags, const Surroundings& surroundings);

}  // namespace sealift::program
