#pragma once

#include <sealift/base/result.h>
#include <sealift/tuf/trust_directory.h>

#include <string>

namespace sealift::tuf {

// The metadata that says which state of which repository something was read from.
struct RepositoryState {
  std::string root;
  std::string timestamp;
  std::string snapshot;
  bool operator==(const RepositoryState&) const = default;
};

// Whether `now`, which holds by itself, is the same repository as `before` and no older state of
// it, as a client would find that had trusted `before` (5.3, 5.3.11, 5.4.3, 5.5.5): root follows
// root by those that `folder` keeps, and versions do not go back unless the keys of timestamp or
// snapshot were changed. No time is asked for. kUntrusted (Refusal) where not, and where a root on
// the way is missing; errors of the disk.
Result<> check_succession(const RepositoryState& before, const RepositoryState& now,
                          const TrustDirectory& folder);

}  // namespace sealift::tuf
