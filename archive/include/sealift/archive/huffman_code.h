#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sealift::archive {

// Lengths of an optimal prefix code whose codes have at most `max_length` bits (package-merge,
// Larmore and Hirschberg 1990). Ties are broken by symbol, so that the result depends on the
// frequencies alone. Symbols of frequency 0 get length 0, except that a code always has at least
// two symbols: some decoders refuse a code with fewer. Needs 2 <= frequencies.size() <=
// 2^max_length, max_length <= 15 and a sum of frequencies below 2^32.
std::vector<std::uint8_t> huffman_code_lengths(std::span<const std::uint32_t> frequencies,
                                               unsigned max_length);

// The canonical codes of these lengths, with the bits reversed as deflate sends them
// (RFC 1951, sections 3.1.1 and 3.2.2).
std::vector<std::uint16_t> canonical_codes(std::span<const std::uint8_t> lengths);

}  // namespace sealift::archive
