#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift {

// Letters, digits, "-._~" and what `also_plain` holds stay; every other byte becomes %XX (RFC 3986,
// section 2). Without `also_plain` the result means itself anywhere in a URL.
std::string percent_encode(std::string_view text, std::string_view also_plain = {});

// "a=b&c=d%20e" (RFC 6749, appendix B): names and values of application/x-www-form-urlencoded.
std::string form_encode(const std::vector<std::pair<std::string_view, std::string_view>>& form);

}  // namespace sealift
