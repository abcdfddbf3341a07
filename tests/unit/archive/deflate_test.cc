#include "sample_inputs.h"

#include <sealift/archive/deflate_encoder.h>
#include <sealift/archive/huffman_code.h>
#include <sealift/base/digest.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <zlib.h>
#include <algorithm>
#include <cstdint>

namespace sealift::archive {
namespace {

using namespace test;

constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 40;

std::string deflate_in_pieces(std::string_view input, std::size_t piece) {
  StringSink sink("deflate", kNoLimit);
  DeflateEncoder encoder(sink);
  for (std::size_t at = 0; at < input.size(); at += piece)
    EXPECT_OK(encoder.write(input.substr(at, piece)));
  EXPECT_OK(encoder.finish());
  return sink.take();
}

// By zlib, which must use up all of it.
std::string inflate_all(std::string_view compressed, std::size_t size) {
  std::string output(size + 1, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, -MAX_WBITS), Z_OK);
  std::string input(compressed);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(output.data());
  stream.avail_out = static_cast<uInt>(output.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  output.resize(stream.total_out);
  inflateEnd(&stream);
  return output;
}

std::size_t size_by_zlib(const std::string& input) {
  std::string output(compressBound(input.size()), '\0');
  uLongf size = output.size();
  EXPECT_EQ(compress2(reinterpret_cast<Bytef*>(output.data()), &size,
                      reinterpret_cast<const Bytef*>(input.data()), input.size(), 6),
            Z_OK);
  return size - 6;  // without zlib's own header and trailer
}

class Deflate : public testing::TestWithParam<SampleInput> {};

TEST_P(Deflate, IsReadBackByZlib) {
  const std::string input = GetParam().make();
  EXPECT_EQ(inflate_all(deflate_in_pieces(input, input.size() + 1), input.size()), input);
}

// Whoever has to change these digests changes the digest of every artifact that was ever built.
TEST_P(Deflate, GivesTheSameBytesForEver) {
  const std::string input = GetParam().make();
  EXPECT_EQ(Digest::of(deflate_in_pieces(input, input.size() + 1)).hex(), GetParam().deflated)
      << GetParam().name;
}

TEST_P(Deflate, DoesNotShowHowTheInputWasCut) {
  const std::string input = GetParam().make();
  const std::string whole = deflate_in_pieces(input, input.size() + 1);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{4093}, std::size_t{1} << 18})
    EXPECT_TRUE(deflate_in_pieces(input, piece) == whole) << piece;
}

TEST_P(Deflate, IsAboutAsSmallAsZlib) {
  const std::string input = GetParam().make();
  const std::size_t size = deflate_in_pieces(input, input.size() + 1).size();
  EXPECT_LE(size, size_by_zlib(input) * 107 / 100 + 16);
}

INSTANTIATE_TEST_SUITE_P(Samples, Deflate, testing::ValuesIn(sample_inputs()),
                         [](const auto& sample) { return sample.param.name; });

TEST(DeflateForms, StoresWhatDoesNotCompress) {
  // Five bytes for each stored block of at most 65,535, and a block holds 20,000 literals.
  const std::string input = random_bytes(1u << 20);
  EXPECT_LE(deflate_in_pieces(input, input.size()).size(),
            input.size() + 5 * (input.size() / 16'000));
}

TEST(DeflateForms, UsesTheWholeWindow) {
  const std::string unique = random_bytes(32'768);
  const std::size_t once = deflate_in_pieces(unique, unique.size()).size();
  // In noise only every eighth place is looked at, so the repetition is found a little late.
  EXPECT_LE(deflate_in_pieces(unique + unique, unique.size()).size(), once + 1'200);
  // One byte more and the window has slid past it.
  EXPECT_GE(deflate_in_pieces(unique + "x" + unique, unique.size()).size(), once + 32'000);
}

// The sum of 2^-length over all codes is 1: no code is a prefix of another, and none is wasted.
std::uint32_t kraft_sum(const std::vector<std::uint8_t>& lengths, unsigned max_length) {
  std::uint32_t sum = 0;
  for (const std::uint8_t length : lengths)
    if (length != 0) sum += 1u << (max_length - length);
  return sum;
}

TEST(HuffmanCode, IsCompleteAndWithinItsLength) {
  std::vector<std::uint32_t> fibonacci = {1, 1};
  while (fibonacci.size() < 40)
    fibonacci.push_back(fibonacci[fibonacci.size() - 1] + fibonacci[fibonacci.size() - 2]);
  for (std::size_t symbols = 2; symbols <= fibonacci.size(); ++symbols) {
    const std::span<const std::uint32_t> frequencies(fibonacci.data(), symbols);
    for (const unsigned max_length : {7u, 15u}) {
      const auto lengths = huffman_code_lengths(frequencies, max_length);
      EXPECT_EQ(kraft_sum(lengths, max_length), 1u << max_length) << symbols;
      EXPECT_LE(*std::max_element(lengths.begin(), lengths.end()), max_length) << symbols;
      EXPECT_TRUE(std::is_sorted(lengths.rbegin(), lengths.rend())) << symbols;
    }
  }
}

struct HuffmanCase {
  std::vector<std::uint32_t> frequencies;
  unsigned max_length;
  std::vector<std::uint8_t> lengths;
};

TEST(HuffmanCode, IsOptimalAndBreaksTiesBySymbol) {
  const std::vector<HuffmanCase> cases = {
      {{1, 1}, 15, {1, 1}},
      {{1, 1, 1}, 15, {2, 2, 1}},
      {{1, 1, 1, 1}, 15, {2, 2, 2, 2}},
      {{5, 0, 9, 12, 13, 16, 45}, 15, {4, 0, 4, 3, 3, 3, 1}},
      {{1, 2, 4, 8, 16}, 15, {4, 4, 3, 2, 1}},
      {{1, 2, 4, 8, 16}, 3, {3, 3, 3, 3, 1}},
      {{0, 0, 0}, 15, {1, 1, 0}},
      {{0, 0, 7}, 15, {1, 0, 1}},
      {{7, 0, 0}, 15, {1, 1, 0}},
  };
  for (const HuffmanCase& c : cases)
    EXPECT_EQ(huffman_code_lengths(c.frequencies, c.max_length), c.lengths)
        << testing::PrintToString(c.frequencies) << " at most " << c.max_length;
}

TEST(HuffmanCode, NumbersCodesAsTheSpecificationDoes) {
  // The example of RFC 1951, section 3.2.2: 010 011 100 101 110 00 1110 1111, here bit-reversed.
  const std::vector<std::uint8_t> lengths = {3, 3, 3, 3, 3, 2, 4, 4};
  const std::vector<std::uint16_t> expected = {0b010, 0b110, 0b001,  0b101,
                                               0b011, 0b00,  0b0111, 0b1111};
  EXPECT_EQ(canonical_codes(lengths), expected);
}

}  // namespace
}  // namespace sealift::archive
