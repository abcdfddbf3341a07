#pragma once

#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::archive {

// Of the normalised path: the slash at the end of a directory's does not count.
struct PathLimits {
  std::uint32_t max_bytes = 1'024;
  std::uint32_t max_depth = 64;
};

// The longest name of one file or directory, as on every file system in use.
inline constexpr std::size_t kMaxNameBytes = 255;

// Brings the path of an archive entry into its one form: "./a//b/" becomes "a/b", and "./" becomes
// "", the root. kInvalidInput for what could leave the directory or mean different things to
// different readers: empty and absolute paths, "..", backslashes, control characters, bytes that
// are not UTF-8, and everything beyond the limits.
Result<std::string> normalize_entry_path(std::string_view path, const PathLimits& limits);

// A name from outside, cut and escaped so that it can stand in a message: "a\x00b".
std::string quote_name(std::string_view name);

}  // namespace sealift::archive
