#pragma once

#include <sealift/base/result.h>

#include <cstddef>
#include <string_view>

namespace sealift::signing {

inline constexpr std::size_t kMaxPatternBytes = 512;

// kInvalidInput where a pattern cannot mean what its author thinks: empty, too long, with a scheme,
// a tag or a digest, with blanks or capital letters (but in a directory's name), or with "**"
// inside a segment.
Result<> check_repository_pattern(std::string_view pattern);

// Whether both names are of one place, whose registry may be written with its default port.
bool is_same_repository(std::string_view one, std::string_view other);

// Characters other than "*": how specific a pattern is.
std::size_t literal_characters(std::string_view pattern);

}  // namespace sealift::signing
