#include "match_finder.h"

#include <algorithm>

namespace sealift::archive {
namespace {

using namespace deflate;

constexpr unsigned kThreeHashBits = 13;
constexpr unsigned kFourHashBits = 15;
constexpr std::uint32_t kWindowMask = kWindow - 1;
// Three bytes from farther away cost more than three literals on most inputs.
constexpr std::uint32_t kMaxDistanceOfThree = 4'096;

// Little-endian on every machine; compilers turn these into single loads where they can.
std::uint32_t load32(const unsigned char* p) {
  return std::uint32_t{p[0]} | std::uint32_t{p[1]} << 8 | std::uint32_t{p[2]} << 16 |
         std::uint32_t{p[3]} << 24;
}

std::uint64_t load64(const unsigned char* p) {
  return std::uint64_t{load32(p)} | std::uint64_t{load32(p + 4)} << 32;
}

std::uint32_t hash(std::uint32_t bytes, unsigned bits) {
  return (bytes * 0x9e3779b1u) >> (32 - bits);
}

unsigned common_length(const unsigned char* a, const unsigned char* b, unsigned from,
                       unsigned limit) {
  unsigned length = from;
  for (; length + 8 <= limit; length += 8) {
    const std::uint64_t difference = load64(a + length) ^ load64(b + length);
    if (difference != 0) return length + static_cast<unsigned>(std::countr_zero(difference)) / 8;
  }
  while (length < limit && a[length] == b[length]) ++length;
  return length;
}

std::uint32_t in_reach(std::uint32_t distance, std::uint32_t reach) {
  return distance <= reach ? distance : 0;
}

}  // namespace

MatchFinder::MatchFinder()
    : by_three_(std::size_t{1} << kThreeHashBits),
      by_four_(std::size_t{1} << kFourHashBits),
      previous_(kWindow) {}

MatchFinder::Candidates MatchFinder::enter(std::uint32_t next_bytes, std::uint32_t position) {
  std::uint32_t& three = by_three_[hash(next_bytes & 0xffffffu, kThreeHashBits)];
  std::uint32_t& four = by_four_[hash(next_bytes, kFourHashBits)];
  const Candidates candidates{three, four};
  previous_[position & kWindowMask] = four;
  three = position;
  four = position;
  return candidates;
}

void MatchFinder::skip(const unsigned char* data, std::size_t at, std::size_t end) {
  if (end - at >= 4) enter(load32(data + at), base_ + static_cast<std::uint32_t>(at));
}

Match MatchFinder::find(const unsigned char* data, std::size_t at, std::size_t end,
                        unsigned longer_than, unsigned max_chain) {
  if (end - at < 4) return {};
  const unsigned char* here = data + at;
  const std::uint32_t next = load32(here);
  const std::uint32_t position = base_ + static_cast<std::uint32_t>(at);
  const Candidates candidates = enter(next, position);
  const auto reach = static_cast<std::uint32_t>(std::min<std::size_t>(at, kWindow));
  const auto limit = static_cast<unsigned>(std::min<std::size_t>(end - at, kMaxMatch));

  // The two latest candidates are compared before anything is decided about them: on input that
  // cannot be compressed, whether they are in reach is a coin that no branch predictor guesses.
  Match best;
  const std::uint32_t three =
      in_reach(position - candidates.by_three, std::min(reach, kMaxDistanceOfThree));
  const bool same_three = ((load32(here - three) ^ next) & 0xffffffu) == 0;
  if (same_three & (three != 0) & (longer_than < kMinMatch)) best = {kMinMatch, three};
  const std::uint32_t four = in_reach(position - candidates.by_four, reach);
  const bool same_four = load32(here - four) == next;
  if (max_chain == 1 && !(same_four & (four != 0))) return best;

  unsigned best_length = std::max(longer_than, kMinMatch);
  std::uint32_t distance = four;
  for (unsigned left = max_chain; left > 0 && distance != 0 && best_length < limit; --left) {
    const unsigned char* there = here - distance;
    if (load32(there + best_length - 3) == load32(here + best_length - 3) &&
        load32(there) == next) {
      const unsigned length = common_length(here, there, 4, limit);
      if (length > best_length) {
        best_length = length;
        best = {length, distance};
      }
    }
    distance = in_reach(position - previous_[(position - distance) & kWindowMask], reach);
  }
  return best;
}

}  // namespace sealift::archive
