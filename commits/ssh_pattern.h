#pragma once

#include <string_view>

namespace sealift::commits {

// Whether one of the patterns fits the text and none behind a "!" does (ssh_config(5), PATTERNS):
// "*" is any text, "?" any byte; commas separate. Takes at most |pattern| × |text| steps.
bool matches_pattern_list(std::string_view patterns, std::string_view text);

}  // namespace sealift::commits
