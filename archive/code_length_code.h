#pragma once

#include "bit_writer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace sealift::archive {

// The head of a dynamic block: the lengths of its two codes, run-length coded and then Huffman
// coded themselves (RFC 1951, section 3.2.7).
class CodeLengthCode {
 public:
  CodeLengthCode(std::span<const std::uint8_t> literal_lengths,
                 std::span<const std::uint8_t> distance_lengths);

  std::uint64_t bits() const { return bits_; }
  void write(BitWriter& out) const;

 private:
  struct Run {
    std::uint8_t symbol;
    std::uint8_t extra_bits;
    std::uint8_t extra;
  };
  void add_runs(std::span<const std::uint8_t> lengths);

  unsigned literal_count_;
  unsigned distance_count_;
  unsigned ordered_count_;
  std::vector<Run> runs_;
  std::vector<std::uint8_t> lengths_;
  std::uint64_t bits_;
};

}  // namespace sealift::archive
