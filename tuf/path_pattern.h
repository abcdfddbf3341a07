#pragma once

#include <string_view>

namespace sealift::tuf {

// Whether a target's path fits a pattern of a delegation (section 4.5): "*", "?" and "[set]" or
// "[!set]" as in fnmatch(3), none of which stands for "/". Characters are those of UTF-8. Takes at
// most |pattern| × |path| steps.
bool matches_path_pattern(std::string_view pattern, std::string_view path);

}  // namespace sealift::tuf
