#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sealift::sigstore {

// A number from 0 to 2^63-1 in its one decimal form, without sign and leading zeros.
inline std::optional<std::uint64_t> parse_decimal(std::string_view text) {
  std::int64_t number = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  const bool is_shortest = text.size() == 1 || !text.starts_with('0');
  if (error != std::errc() || stop != end || number < 0 || text.starts_with('-') || !is_shortest) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(number);
}

}  // namespace sealift::sigstore
