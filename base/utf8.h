#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sealift {

// Bytes of the well-formed UTF-8 sequence at the start of `bytes` (RFC 3629, section 4); 0 where
// none is there.
std::size_t utf8_sequence_length(std::string_view bytes);

// The offset of the first byte that is not well-formed UTF-8; npos where all of it is.
std::size_t find_invalid_utf8(std::string_view bytes);

// Well-formed UTF-8 as code points.
std::u32string code_points(std::string_view utf8);

}  // namespace sealift
