#include <sealift/archive/huffman_code.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

namespace sealift::archive {
namespace {

constexpr unsigned kMaxLength = 15;

struct Leaf {
  std::uint32_t frequency;
  std::uint32_t symbol;
};

// The used symbols, rarest first, the smaller symbol first among equals: a total order, so the
// sort's own stability does not matter.
std::vector<Leaf> sorted_leaves(std::span<const std::uint32_t> frequencies) {
  std::vector<Leaf> leaves;
  leaves.reserve(frequencies.size());
  for (std::uint32_t symbol = 0; symbol < frequencies.size(); ++symbol)
    if (frequencies[symbol] != 0) leaves.push_back({frequencies[symbol], symbol});
  for (std::uint32_t symbol = 0; leaves.size() < 2; ++symbol)
    if (frequencies[symbol] == 0) leaves.push_back({1, symbol});
  std::sort(leaves.begin(), leaves.end(), [](const Leaf& a, const Leaf& b) {
    return a.frequency != b.frequency ? a.frequency < b.frequency : a.symbol < b.symbol;
  });
  return leaves;
}

// One row of package-merge: the leaves and the packages of the row below, merged by weight.
struct Row {
  std::vector<std::uint64_t> weights;
  std::vector<bool> is_leaf;
};

Row merge_row(const std::vector<Leaf>& leaves, const std::vector<std::uint64_t>& below) {
  Row row;
  const std::size_t packages = below.size() / 2;
  row.weights.reserve(leaves.size() + packages);
  row.is_leaf.reserve(leaves.size() + packages);
  std::size_t leaf = 0;
  std::size_t package = 0;
  while (leaf < leaves.size() || package < packages) {
    const std::uint64_t weight =
        package < packages ? below[2 * package] + below[2 * package + 1] : 0;
    const bool take_leaf =
        leaf < leaves.size() && (package == packages || leaves[leaf].frequency <= weight);
    row.weights.push_back(take_leaf ? leaves[leaf].frequency : weight);
    row.is_leaf.push_back(take_leaf);
    take_leaf ? ++leaf : ++package;
  }
  return row;
}

}  // namespace

std::vector<std::uint8_t> huffman_code_lengths(std::span<const std::uint32_t> frequencies,
                                               unsigned max_length) {
  assert(frequencies.size() >= 2 && max_length <= kMaxLength);
  assert(frequencies.size() <= (std::size_t{1} << max_length));
  const std::vector<Leaf> leaves = sorted_leaves(frequencies);

  std::array<Row, kMaxLength> rows;
  for (unsigned level = 0; level < max_length; ++level)
    rows[level] =
        merge_row(leaves, level == 0 ? std::vector<std::uint64_t>{} : rows[level - 1].weights);

  // The cheapest 2n-2 items of the top row, with what they are made of, hold each leaf as often as
  // its code has bits. In every row the leaves taken are the first ones.
  std::vector<std::uint8_t> lengths(frequencies.size(), 0);
  std::size_t taken = 2 * leaves.size() - 2;
  for (unsigned level = max_length; level-- > 0 && taken > 0;) {
    std::size_t taken_leaves = 0;
    for (std::size_t i = 0; i < taken; ++i) taken_leaves += rows[level].is_leaf[i] ? 1 : 0;
    for (std::size_t i = 0; i < taken_leaves; ++i) ++lengths[leaves[i].symbol];
    taken = 2 * (taken - taken_leaves);
  }
  return lengths;
}

std::vector<std::uint16_t> canonical_codes(std::span<const std::uint8_t> lengths) {
  std::array<std::uint32_t, kMaxLength + 2> next{};
  for (const std::uint8_t length : lengths)
    if (length != 0) ++next[length + 1u];
  // From "how many codes are one bit shorter" to "the first code of this length".
  for (unsigned bits = 1; bits < next.size(); ++bits)
    next[bits] = (next[bits - 1] + next[bits]) << 1;

  std::vector<std::uint16_t> codes(lengths.size(), 0);
  for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
    if (lengths[symbol] == 0) continue;
    std::uint32_t code = next[lengths[symbol]]++;
    std::uint32_t reversed = 0;
    for (unsigned bit = 0; bit < lengths[symbol]; ++bit, code >>= 1)
      reversed = reversed << 1 | (code & 1u);
    codes[symbol] = static_cast<std::uint16_t>(reversed);
  }
  return codes;
}

}  // namespace sealift::archive
