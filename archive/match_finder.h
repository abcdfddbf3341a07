#pragma once

#include "deflate_symbols.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sealift::archive {

struct Match {
  unsigned length = 0;
  unsigned distance = 0;
};

// Finds earlier occurrences within the window of deflate by hash chains. Positions are given to
// find() or skip() in order; what was left out is not found later. What it finds depends on these
// calls and the input alone: each candidate is compared byte by byte, so a stale table entry can
// never become a match.
class MatchFinder {
 public:
  MatchFinder();

  // The longest match for the bytes at `data + at` that is longer than `longer_than`, looking at no
  // more than `max_chain` candidates; length 0 where there is none. Bytes from `data` to
  // `data + end` may be read.
  Match find(const unsigned char* data, std::size_t at, std::size_t end, unsigned longer_than,
             unsigned max_chain);
  // Enters a position without looking for a match.
  void skip(const unsigned char* data, std::size_t at, std::size_t end);

  // From now on `data` begins `bytes` later in the input.
  void slide(std::size_t bytes) { base_ += static_cast<std::uint32_t>(bytes); }

 private:
  struct Candidates {
    std::uint32_t by_three;
    std::uint32_t by_four;
  };
  Candidates enter(std::uint32_t next_bytes, std::uint32_t position);

  // Positions count modulo 2^32.
  std::uint32_t base_ = deflate::kWindow + 1;  // so that an empty slot, 0, is out of reach
  std::vector<std::uint32_t> by_three_;        // hash of three bytes -> latest position
  std::vector<std::uint32_t> by_four_;         // hash of four bytes -> latest position
  std::vector<std::uint32_t> previous_;        // position -> the one before with the same four
};

}  // namespace sealift::archive
