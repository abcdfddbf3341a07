#pragma once

#include <array>
#include <bit>
#include <cstdint>

// The alphabets of deflate (RFC 1951, section 3.2.5).
namespace sealift::archive::deflate {

inline constexpr unsigned kMinMatch = 3;
inline constexpr unsigned kMaxMatch = 258;
inline constexpr unsigned kWindow = 32'768;
inline constexpr unsigned kEndOfBlock = 256;
inline constexpr unsigned kFirstLength = 257;
inline constexpr unsigned kLiteralSymbols = 286;
inline constexpr unsigned kDistanceSymbols = 30;
inline constexpr unsigned kCodeLengthSymbols = 19;
inline constexpr unsigned kMaxCodeLength = 15;
inline constexpr unsigned kMaxCodeLengthLength = 7;

struct LengthSymbol {
  std::uint16_t symbol;
  std::uint8_t extra_bits;
  std::uint8_t extra;
};

constexpr LengthSymbol compute_length_symbol(unsigned length) {
  if (length == kMaxMatch) return {285, 0, 0};
  const unsigned rest = length - kMinMatch;
  if (rest < 8) return {static_cast<std::uint16_t>(kFirstLength + rest), 0, 0};
  const auto extra_bits = static_cast<unsigned>(std::bit_width(rest)) - 3;
  const unsigned symbol = kFirstLength + 4 * extra_bits + (rest >> extra_bits);
  return {static_cast<std::uint16_t>(symbol), static_cast<std::uint8_t>(extra_bits),
          static_cast<std::uint8_t>(rest & ((1u << extra_bits) - 1))};
}

// Indexed by match length.
inline constexpr auto kLengthSymbols = [] {
  std::array<LengthSymbol, kMaxMatch + 1> table{};
  for (unsigned length = kMinMatch; length <= kMaxMatch; ++length)
    table[length] = compute_length_symbol(length);
  return table;
}();

constexpr unsigned length_extra_bits(unsigned symbol) {
  if (symbol < kFirstLength + 8 || symbol == 285) return 0;
  return (symbol - kFirstLength) / 4 - 1;
}

constexpr unsigned distance_extra_bits(unsigned symbol) { return symbol < 4 ? 0 : symbol / 2 - 1; }

constexpr unsigned distance_symbol(unsigned distance) {
  const unsigned rest = distance - 1;
  if (rest < 4) return rest;
  const auto top = static_cast<unsigned>(std::bit_width(rest)) - 1;
  return 2 * top + ((rest >> (top - 1)) & 1u);
}

constexpr unsigned distance_extra(unsigned distance, unsigned symbol) {
  return (distance - 1) & ((1u << distance_extra_bits(symbol)) - 1);
}

}  // namespace sealift::archive::deflate
