#include "sample_inputs.h"

#include <sealift/archive/compression.h>
#include <sealift/base/digest.h>

#include <support/result_matchers.h>

#include <gtest/gtest.h>

#include <zlib.h>
#include <zstd.h>

namespace sealift::archive {
namespace {

using namespace test;
using sealift::test::fails_with;

constexpr ErrorCode kInvalid = ErrorCode::kInvalidInput;
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 40;

std::string gzip(std::string_view input) {
  StringSink sink("gzip", kNoLimit);
  GzipWriter writer(sink);
  EXPECT_OK(writer.write(input));
  EXPECT_OK(writer.finish());
  return sink.take();
}

std::string zstd(std::string_view input, int window_log = 0) {
  std::string output(ZSTD_compressBound(input.size()), '\0');
  ZSTD_CCtx* stream = ZSTD_createCCtx();
  if (window_log != 0) {
    ZSTD_CCtx_setParameter(stream, ZSTD_c_windowLog, window_log);
    ZSTD_CCtx_setParameter(stream, ZSTD_c_contentSizeFlag, 0);
  }
  // Streaming without a known size: the window is the one asked for.
  ZSTD_inBuffer in{input.data(), input.size(), 0};
  ZSTD_outBuffer out{output.data(), output.size(), 0};
  ZSTD_inBuffer nothing{nullptr, 0, 0};
  EXPECT_FALSE(ZSTD_isError(ZSTD_compressStream2(stream, &out, &in, ZSTD_e_continue)));
  EXPECT_EQ(ZSTD_compressStream2(stream, &out, &nothing, ZSTD_e_end), 0u);
  ZSTD_freeCCtx(stream);
  output.resize(out.pos);
  return output;
}

Result<std::string> decompress(Compression compression, std::string_view input,
                               std::uint64_t limit = kNoLimit, std::size_t piece = 1000) {
  StringSink sink("output", kNoLimit);
  const auto decompressor = make_decompressor(compression, sink, limit);
  for (std::size_t at = 0; at < input.size(); at += piece)
    SEALIFT_TRY(decompressor->write(input.substr(at, piece)));
  SEALIFT_TRY(decompressor->write(""));
  SEALIFT_TRY(decompressor->finish());
  return sink.take();
}

struct Format {
  const char* name;
  Compression compression;
  std::string (*compress)(std::string_view);
};

class Decompression : public testing::TestWithParam<Format> {
 protected:
  std::string compress(std::string_view input) const { return GetParam().compress(input); }
  Result<std::string> decompress(std::string_view input, std::uint64_t limit = kNoLimit,
                                 std::size_t piece = 1000) const {
    return archive::decompress(GetParam().compression, input, limit, piece);
  }
};

TEST_P(Decompression, GivesBackWhatWasCompressed) {
  for (const SampleInput& sample : sample_inputs()) {
    const std::string input = sample.make();
    const std::string compressed = compress(input);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1} << 30}) {
      if (piece == 1 && compressed.size() > 1u << 18) continue;
      ASSERT_OK_ASSIGN(const std::string output, decompress(compressed, kNoLimit, piece));
      EXPECT_TRUE(output == input) << sample.name;
    }
  }
}

TEST_P(Decompression, ReadsOneMemberAfterTheOther) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}}) {
    ASSERT_OK_ASSIGN(
        const std::string output,
        decompress(compress("one ") + compress("") + compress("two"), kNoLimit, piece));
    EXPECT_EQ(output, "one two");
  }
}

TEST_P(Decompression, RefusesOtherDataBehindTheEnd) {
  for (const std::string garbage : {"x", "garbage", "\0\0\0\0\0\0\0\0"})
    EXPECT_THAT(decompress(compress("abc") + garbage + std::string(20, '\0')),
                fails_with(kInvalid, GetParam().name));
  EXPECT_THAT(decompress(compress("abc") + "x"), fails_with(kInvalid, GetParam().name));
}

TEST_P(Decompression, RefusesEveryTruncation) {
  const std::string compressed = compress(manifest_text(3));
  for (std::size_t size = 0; size < compressed.size(); ++size)
    EXPECT_THAT(decompress(std::string_view(compressed).substr(0, size)),
                fails_with(kInvalid, "truncated"))
        << size;
}

TEST_P(Decompression, RefusesWhatIsSomethingElse) {
  EXPECT_THAT(decompress(std::string(600, 'x')), fails_with(kInvalid, "broken"));
}

TEST_P(Decompression, StopsABombAtTheLimit) {
  const std::string bomb = compress(std::string(64u << 20, '\0'));
  ASSERT_LT(bomb.size(), 100'000u);
  StringSink sink("output", kNoLimit);
  const auto decompressor = make_decompressor(GetParam().compression, sink, 1u << 20);
  EXPECT_THAT(decompressor->write(bomb), fails_with(kInvalid, "limit of 1048576"));
  EXPECT_LE(sink.bytes().size(), 1u << 20);
}

TEST_P(Decompression, AllowsExactlyTheLimit) {
  const std::string compressed = compress(std::string(1000, 'x'));
  EXPECT_OK(decompress(compressed, 1000));
  EXPECT_THAT(decompress(compressed, 999), fails_with(kInvalid, "limit of 999"));
}

INSTANTIATE_TEST_SUITE_P(Formats, Decompression,
                         testing::Values(Format{"gzip", Compression::kGzip, gzip},
                                         Format{
                                             "zstd", Compression::kZstd,
                                             [](std::string_view input) { return zstd(input); }}),
                         [](const auto& format) { return std::string(format.param.name); });

TEST(Gzip, RefusesAWrongChecksumAndAWrongSize) {
  const std::string good = gzip("some content");
  for (const std::size_t from_end : {8u, 4u}) {
    std::string bad = good;
    bad[bad.size() - from_end] = static_cast<char>(bad[bad.size() - from_end] ^ 1);
    EXPECT_THAT(decompress(Compression::kGzip, bad), fails_with(kInvalid, "broken"));
  }
}

TEST(Zstd, RefusesAWindowAboveTheLimit) {
  const std::string input = manifest_text(100);
  EXPECT_OK(decompress(Compression::kZstd, zstd(input, 23)));
  EXPECT_THAT(decompress(Compression::kZstd, zstd(input, 24)), fails_with(kInvalid, "8 MiB"));
}

TEST(Uncompressed, PassesThroughUpToTheLimit) {
  ASSERT_OK_ASSIGN(const std::string output, decompress(Compression::kNone, "abc", 3));
  EXPECT_EQ(output, "abc");
  EXPECT_THAT(decompress(Compression::kNone, "abcd", 3), fails_with(kInvalid, "limit of 3"));
}

TEST(GzipWriter, WritesTheSameMemberForEver) {
  const std::string member = gzip("kind: Deployment\n");
  EXPECT_EQ(member.substr(0, 10), std::string("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10));
  EXPECT_EQ(Digest::of(member).hex(),
            "6e22d31fb140f7530d8af15887cc948aa4cac7f5a7084c5dc0891ac169d66904");
  EXPECT_EQ(Digest::of(gzip(manifest_text(500))).hex(),
            "3d7439d3148d07936de24594a9c22a70198f315f1357f2a84fecc0f381a0f47d");
}

TEST(GzipWriter, DoesNotShowHowTheInputWasCut) {
  const std::string input = manifest_text(100);
  StringSink sink("gzip", kNoLimit);
  GzipWriter writer(sink);
  for (const char c : input) ASSERT_OK(writer.write({&c, 1}));
  ASSERT_OK(writer.write(""));
  ASSERT_OK(writer.finish());
  EXPECT_TRUE(sink.bytes() == gzip(input));
}

// zlib takes a null pointer for the wish to begin the checksum anew.
TEST(GzipWriter, TakesAViewOfNothing) {
  StringSink sink("gzip", kNoLimit);
  GzipWriter writer(sink);
  ASSERT_OK(writer.write("abc"));
  ASSERT_OK(writer.write(std::string_view()));
  ASSERT_OK(writer.finish());
  EXPECT_TRUE(sink.bytes() == gzip("abc"));
}

TEST(GzipWriter, ReturnsTheErrorOfItsOutput) {
  StringSink sink("gzip", 5);
  GzipWriter writer(sink);
  EXPECT_THAT(writer.write("abc"), fails_with(kInvalid, "gzip"));
}

}  // namespace
}  // namespace sealift::archive
