#pragma once

#include "bit_writer.h"
#include "deflate_symbols.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sealift::archive {

// The literals and matches of one block, with how often each symbol occurs.
class DeflateBlock {
 public:
  static constexpr std::size_t kMaxTokens = 20'000;

  DeflateBlock() { tokens_.reserve(kMaxTokens + 2); }

  void add_literal(unsigned char byte) {
    ++literals_[byte];
    tokens_.push_back(byte);
  }
  void add_match(unsigned length, unsigned distance) {
    ++literals_[deflate::kLengthSymbols[length].symbol];
    ++distances_[deflate::distance_symbol(distance)];
    tokens_.push_back(length << 16 | distance);
  }
  bool full() const { return tokens_.size() >= kMaxTokens; }

  // Writes the block in the smallest of the three forms (RFC 1951, section 3.2.3; the first of
  // stored, fixed, dynamic among equals) and empties it. `source` is what the tokens stand for.
  void write(std::string_view source, bool last, BitWriter& out);

 private:
  struct Codes;
  std::uint64_t body_bits(const Codes& codes) const;
  void write_body(const Codes& codes, BitWriter& out) const;
  void clear();

  std::vector<std::uint32_t> tokens_;  // a byte, or length << 16 | distance
  std::array<std::uint32_t, deflate::kLiteralSymbols> literals_{};
  std::array<std::uint32_t, deflate::kDistanceSymbols> distances_{};
};

}  // namespace sealift::archive
