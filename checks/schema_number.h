#pragma once

#include <sealift/base/json.h>

#include <compare>
#include <optional>

namespace sealift::checks {

// Exact for integers of 64 bits; others as doubles. Nullopt where one is no number, or none that a
// double can hold.
std::optional<std::partial_ordering> compare_numbers(const Json& a, const Json& b);

// Whether it has no fraction: 7, 7.0 and 7e2.
bool is_whole(const Json& number);

// Nullopt where that can't be told: a step of 0, or numbers beyond what a double holds exactly.
std::optional<bool> is_multiple(const Json& number, const Json& step);

}  // namespace sealift::checks
