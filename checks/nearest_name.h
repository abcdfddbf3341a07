#pragma once

#include <string_view>
#include <vector>

namespace sealift::checks {

// The known name that was meant by a misspelt one; empty where none is near enough.
std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace sealift::checks
