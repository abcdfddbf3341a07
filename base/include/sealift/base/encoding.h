#pragma once

#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift {

std::string hex_encode(std::string_view bytes);
// Lower or upper case; kInvalidInput otherwise.
Result<std::string> hex_decode(std::string_view text);

// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);
// Strict: padding required, no white space, no bits left over; kInvalidInput otherwise.
Result<std::string> base64_decode(std::string_view text);

// True for well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates).
bool is_utf8(std::string_view bytes);

// Text from outside made fit for a terminal or a log line: control characters and invalid UTF-8
// become \xNN, and what exceeds `limit` bytes becomes "…".
std::string printable(std::string_view bytes, std::size_t limit = 200);

}  // namespace sealift
