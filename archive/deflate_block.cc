#include "deflate_block.h"

#include "code_length_code.h"

#include <sealift/archive/huffman_code.h>

#include <algorithm>
#include <span>
#include <utility>

namespace sealift::archive {

using namespace deflate;

struct DeflateBlock::Codes {
  Codes(std::vector<std::uint8_t> literal, std::vector<std::uint8_t> distance)
      : literal_lengths(std::move(literal)), distance_lengths(std::move(distance)) {}

  std::vector<std::uint8_t> literal_lengths;
  std::vector<std::uint8_t> distance_lengths;
};

namespace {

enum class Form : std::uint8_t { kStored = 0, kFixed = 1, kDynamic = 2 };

constexpr unsigned kFormBits = 3;  // last-block flag and form
constexpr std::size_t kMaxStored = 65'535;

void write_form(Form form, bool last, BitWriter& out) {
  out.put((last ? 1u : 0u) | static_cast<unsigned>(form) << 1, kFormBits);
}

std::uint64_t stored_bits(std::size_t bytes, const BitWriter& out) {
  const std::uint64_t pieces = bytes == 0 ? 1 : (bytes + kMaxStored - 1) / kMaxStored;
  // The first form ends at a boundary that depends on where the writer is; the next ones cost a
  // byte each.
  const unsigned first = kFormBits + ((out.bits_to_boundary() + 8 - kFormBits) & 7u);
  return first + (pieces - 1) * 8 + pieces * 32 + 8 * std::uint64_t{bytes};
}

void write_stored(std::string_view source, bool last, BitWriter& out) {
  do {
    const std::string_view piece = source.substr(0, kMaxStored);
    source.remove_prefix(piece.size());
    write_form(Form::kStored, last && source.empty(), out);
    out.put(0, out.bits_to_boundary());
    const auto size = static_cast<std::uint16_t>(piece.size());
    out.put(size, 16);
    out.put(static_cast<std::uint16_t>(~size), 16);
    out.put_bytes(piece);
  } while (!source.empty());
}

// RFC 1951, section 3.2.6. The two literal symbols and the two distance symbols that never occur
// take part in the construction of the codes.
std::vector<std::uint8_t> fixed_literal_lengths() {
  std::vector<std::uint8_t> lengths(288, 8);
  std::fill(lengths.begin() + 144, lengths.begin() + 256, std::uint8_t{9});
  std::fill(lengths.begin() + 256, lengths.begin() + 280, std::uint8_t{7});
  return lengths;
}

std::vector<std::uint8_t> fixed_distance_lengths() { return std::vector<std::uint8_t>(32, 5); }

}  // namespace

std::uint64_t DeflateBlock::body_bits(const Codes& codes) const {
  std::uint64_t bits = 0;
  for (unsigned symbol = 0; symbol < kLiteralSymbols; ++symbol)
    bits += std::uint64_t{literals_[symbol]} *
            (codes.literal_lengths[symbol] + length_extra_bits(symbol));
  for (unsigned symbol = 0; symbol < kDistanceSymbols; ++symbol)
    bits += std::uint64_t{distances_[symbol]} *
            (codes.distance_lengths[symbol] + distance_extra_bits(symbol));
  return bits;
}

void DeflateBlock::write_body(const Codes& codes, BitWriter& out) const {
  const std::vector<std::uint16_t> literal_codes = canonical_codes(codes.literal_lengths);
  const std::vector<std::uint16_t> distance_codes = canonical_codes(codes.distance_lengths);
  for (const std::uint32_t token : tokens_) {
    if (token < kEndOfBlock) {
      out.put(literal_codes[token], codes.literal_lengths[token]);
      continue;
    }
    const LengthSymbol length = kLengthSymbols[token >> 16];
    const unsigned distance = token & 0xffffu;
    const unsigned symbol = distance_symbol(distance);
    // At most 15 + 5 + 15 + 13 bits.
    std::uint64_t bits = literal_codes[length.symbol];
    unsigned count = codes.literal_lengths[length.symbol];
    bits |= std::uint64_t{length.extra} << count;
    count += length.extra_bits;
    bits |= std::uint64_t{distance_codes[symbol]} << count;
    count += codes.distance_lengths[symbol];
    bits |= std::uint64_t{distance_extra(distance, symbol)} << count;
    count += distance_extra_bits(symbol);
    out.put(bits, count);
  }
  out.put(literal_codes[kEndOfBlock], codes.literal_lengths[kEndOfBlock]);
}

void DeflateBlock::write(std::string_view source, bool last, BitWriter& out) {
  literals_[kEndOfBlock] = 1;
  const Codes fixed(fixed_literal_lengths(), fixed_distance_lengths());
  const Codes dynamic(huffman_code_lengths(literals_, kMaxCodeLength),
                      huffman_code_lengths(distances_, kMaxCodeLength));
  const CodeLengthCode head(dynamic.literal_lengths, dynamic.distance_lengths);

  const std::uint64_t stored_size = stored_bits(source.size(), out);
  const std::uint64_t fixed_size = kFormBits + body_bits(fixed);
  const std::uint64_t dynamic_size = kFormBits + head.bits() + body_bits(dynamic);
  const std::uint64_t smallest = std::min({stored_size, fixed_size, dynamic_size});

  out.reserve_bits(smallest);
  if (stored_size == smallest) {
    write_stored(source, last, out);
  } else if (fixed_size == smallest) {
    write_form(Form::kFixed, last, out);
    write_body(fixed, out);
  } else {
    write_form(Form::kDynamic, last, out);
    head.write(out);
    write_body(dynamic, out);
  }
  clear();
}

void DeflateBlock::clear() {
  tokens_.clear();
  literals_.fill(0);
  distances_.fill(0);
}

}  // namespace sealift::archive
