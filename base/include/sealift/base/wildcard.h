#pragma once

#include <string_view>

namespace sealift {

// Whether `text` fits `pattern`, in which "*" stands for any text, also none, and each other byte
// for itself. Takes at most |pattern| × |text| steps: of several "*" only the last is tried again.
bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace sealift
