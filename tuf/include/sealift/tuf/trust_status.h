#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/tuf/metadata.h>
#include <sealift/tuf/refusal.h>
#include <sealift/tuf/trust_directory.h>
#include <sealift/tuf/trusted_set.h>

#include <optional>
#include <string>
#include <vector>

namespace sealift::tuf {

struct RoleStatus {
  std::string role;
  std::optional<Envelope> envelope;  // nullopt where the folder has no file of it, or a bad one
  std::size_t keys = 0;              // that may sign it
  std::int64_t threshold = 0;
  std::optional<Refusal> problem;  // why it would be refused now; kExpired is the common one
};

struct TargetStatus {
  TargetFile target;
  std::string role;  // that lists it
  bool stored = false;
};

// What a trust folder trusts.
struct TrustStatus {
  bool consistent_snapshot = false;
  std::vector<RoleStatus> roles;      // root, timestamp, snapshot, targets, then delegated ones
  std::vector<TargetStatus> targets;  // of all roles above that are believed, but for their expiry
};

// Reads and verifies what a folder holds; asks nobody and changes nothing. kNotFound where there is
// no root, kInvalidInput or kUntrusted where the root is bad; all else is said in the status.
Result<TrustStatus> read_trust_status(const TrustDirectory& directory, const Freshness& freshness);

// {"roles":[{"role","version","expires","keys","threshold","state"}],"targets":[…]}
Json to_json(const TrustStatus& status);

}  // namespace sealift::tuf
