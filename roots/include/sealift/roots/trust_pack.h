#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/clock.h>
#include <sealift/base/file_system.h>
#include <sealift/base/result.h>
#include <sealift/tuf/trust_status.h>

#include <string>

namespace sealift::roots {

// Writes what a trust folder trusts (roots, the metadata of all roles, fetched targets) as a tar.gz
// whose bytes depend on that alone, and says what it is: expired roles are packed as well. Who may
// change the folder meanwhile holds its lock. kNotFound without a root; kUntrusted and
// kInvalidInput where a role is damaged, or where there is more than the limits of trust_archive.h;
// errors of the disk and of the sink.
Result<tuf::TrustStatus> pack_trust_folder(FileSystem& files, const std::string& folder,
                                           Timestamp now, ByteSink& sink);

}  // namespace sealift::roots
