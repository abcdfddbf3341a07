#include "code_length_code.h"

#include "deflate_symbols.h"

#include <sealift/archive/huffman_code.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace sealift::archive {
namespace {

using namespace deflate;

constexpr unsigned kCopyPrevious = 16;  // 3 to 6 times
constexpr unsigned kFewZeros = 17;      // 3 to 10
constexpr unsigned kManyZeros = 18;     // 11 to 138

// The order in which the lengths of the code length code are sent.
constexpr std::array<std::uint8_t, kCodeLengthSymbols> kSentOrder = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

std::size_t without_trailing_zeros(std::span<const std::uint8_t> lengths, std::size_t at_least) {
  std::size_t count = lengths.size();
  while (count > at_least && lengths[count - 1] == 0) --count;
  return count;
}

}  // namespace

CodeLengthCode::CodeLengthCode(std::span<const std::uint8_t> literal_lengths,
                               std::span<const std::uint8_t> distance_lengths)
    : literal_count_(static_cast<unsigned>(without_trailing_zeros(literal_lengths, kFirstLength))),
      distance_count_(static_cast<unsigned>(without_trailing_zeros(distance_lengths, 1))) {
  std::vector<std::uint8_t> all(literal_lengths.begin(), literal_lengths.begin() + literal_count_);
  all.insert(all.end(), distance_lengths.begin(), distance_lengths.begin() + distance_count_);
  add_runs(all);

  std::array<std::uint32_t, kCodeLengthSymbols> frequencies{};
  for (const Run& run : runs_) ++frequencies[run.symbol];
  lengths_ = huffman_code_lengths(frequencies, kMaxCodeLengthLength);

  ordered_count_ = kCodeLengthSymbols;
  while (ordered_count_ > 4 && lengths_[kSentOrder[ordered_count_ - 1]] == 0) --ordered_count_;

  bits_ = 5 + 5 + 4 + 3 * ordered_count_;
  for (const Run& run : runs_) bits_ += lengths_[run.symbol] + std::uint64_t{run.extra_bits};
}

void CodeLengthCode::add_runs(std::span<const std::uint8_t> lengths) {
  const auto add = [this](unsigned symbol, unsigned extra_bits, std::size_t extra) {
    runs_.push_back({static_cast<std::uint8_t>(symbol), static_cast<std::uint8_t>(extra_bits),
                     static_cast<std::uint8_t>(extra)});
  };
  for (std::size_t at = 0; at < lengths.size();) {
    const std::uint8_t length = lengths[at];
    std::size_t run = 1;
    while (at + run < lengths.size() && lengths[at + run] == length) ++run;
    at += run;
    if (length != 0) {
      add(length, 0, 0);
      --run;
    }
    while (run >= 3) {
      const std::size_t most = length != 0 ? 6 : 138;
      const std::size_t now = std::min(run, most);
      if (length != 0)
        add(kCopyPrevious, 2, now - 3);
      else if (now <= 10)
        add(kFewZeros, 3, now - 3);
      else
        add(kManyZeros, 7, now - 11);
      run -= now;
    }
    for (; run > 0; --run) add(length, 0, 0);
  }
}

void CodeLengthCode::write(BitWriter& out) const {
  out.put(literal_count_ - kFirstLength, 5);
  out.put(distance_count_ - 1, 5);
  out.put(ordered_count_ - 4, 4);
  for (unsigned i = 0; i < ordered_count_; ++i) out.put(lengths_[kSentOrder[i]], 3);
  const std::vector<std::uint16_t> codes = canonical_codes(lengths_);
  for (const Run& run : runs_) {
    out.put(codes[run.symbol], lengths_[run.symbol]);
    out.put(run.extra, run.extra_bits);
  }
}

}  // namespace sealift::archive
