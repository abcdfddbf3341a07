#pragma once

#include <sealift/base/json.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::comparison {

// One line from outside, fit to be looked at: control characters, invalid UTF-8 and the marks that
// turn the direction of writing become escapes, since what is reviewed must be what is there. Tabs
// stay. Beyond 400 bytes it ends with "…".
std::string visible(std::string_view line);

// A value as people read it: text of several lines as these, everything else as YAML. At most
// kMaxValueLines, then one that says how many more there are.
std::vector<std::string> value_lines(const Json& value);

inline constexpr std::size_t kMaxValueLines = 20'000;

// "3 objects", "1 object".
std::string counted(std::size_t count, std::string_view noun);

}  // namespace sealift::comparison
