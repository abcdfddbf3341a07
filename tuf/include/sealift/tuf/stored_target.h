#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/tuf/succession.h>
#include <sealift/tuf/trust_directory.h>

#include <cstdint>
#include <string>

namespace sealift::tuf {

// A target as a trust folder holds it, and until when it counts.
struct StoredTarget {
  std::string bytes;
  // Of the metadata that leads to it, what expires first: "timestamp 12".
  std::string first_to_expire;
  Timestamp expires;
  RepositoryState state;  // that it was read from
};

// Reads and verifies a target and all metadata that leads to it (sections 5.3 to 5.7), but for the
// time, which is the caller's to judge by `expires`. Asks nobody and changes nothing, so the folder
// may be one that cannot be written. kNotFound where the folder lacks a file or lists no such
// target; kInvalidInput for a path that is none, and for a target of more than `limit` bytes;
// kUntrusted and kInvalidInput as Refusal says; errors of the disk.
Result<StoredTarget> read_stored_target(const TrustDirectory& directory, const std::string& path,
                                        std::uint64_t limit);

}  // namespace sealift::tuf
