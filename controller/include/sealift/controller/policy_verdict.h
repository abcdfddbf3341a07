#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>

#include <cstdint>
#include <optional>
#include <string>

namespace sealift::controller {

// What became of one TrustPolicy.
struct PolicyVerdict {
  // kAmbiguous: it is in force, and so is another one that is as specific about some repositories;
  // nothing of those is accepted. kHeldBack: it is valid and another one is not, so that no change
  // is in force, this one's included. kRootMissing, kRootExpired: it is in force, and accepts
  // nothing, for it cannot believe the root of its trust folder.
  enum class Standing { kInForce, kAmbiguous, kRootMissing, kRootExpired, kHeldBack, kInvalid };
  std::string name;
  std::string uid;
  std::int64_t generation = 0;
  Standing standing = Standing::kInForce;
  std::string message;  // why, and what is in force instead

  bool operator==(const PolicyVerdict&) const = default;
};

// The status of the policy (docs/formats/trust-policy.md, "Status"): `previous` with ours in it.
// Nullopt where that would say nothing new. Pure.
std::optional<Json> status_of(const Json& previous, const PolicyVerdict& verdict, Timestamp now);

}  // namespace sealift::controller
