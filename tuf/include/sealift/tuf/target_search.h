#pragma once

#include <sealift/base/result.h>
#include <sealift/tuf/metadata.h>

#include <cstddef>
#include <functional>
#include <string_view>

namespace sealift::tuf {

// Roles that one search may visit, the top one included (5.6.7.1).
inline constexpr std::size_t kMaxVisitedRoles = 64;

// Gives the verified metadata of a delegated role.
using LoadDelegated = std::function<Result<Targets>(const Delegation&)>;

// Finds a target by its path: depth first, in the order of the delegations, no role twice, and none
// beside a terminating one that covers the path (5.6.7). kNotFound; kInvalidInput (kLimit) for more
// than kMaxVisitedRoles; or what `load` failed with.
Result<TargetFile> find_target(const Targets& top, std::string_view path,
                               const LoadDelegated& load);

}  // namespace sealift::tuf
