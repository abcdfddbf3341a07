#pragma once

#include <string>
#include <string_view>

namespace sealift::tuf {

// Letters, digits, "-._~" and what `also_plain` holds stay; every other byte becomes %XX (RFC 3986,
// section 2.1).
std::string percent_encode(std::string_view text, std::string_view also_plain);

}  // namespace sealift::tuf
