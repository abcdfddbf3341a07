#include "support/result_matchers.h"

#include <sealift/base/bytes.h>
#include <sealift/base/digest.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

using test::fails_with;

TEST(Blob, CanBeReadFromTheStartAgain) {
  const Blob blob = Blob::from_string(std::string("a\0b", 3));
  EXPECT_EQ(blob.size, 3u);
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_ASSIGN(const auto source, blob.open());
    ASSERT_OK_ASSIGN(const std::string bytes, read_all(*source, "blob", 3));
    EXPECT_EQ(bytes, std::string("a\0b", 3));
  }
}

TEST(Blob, SourceOutlivesTheBlob) {
  auto blob = std::make_unique<Blob>(Blob::from_string(std::string(100, 'x')));
  ASSERT_OK_ASSIGN(const auto source, blob->open());
  blob.reset();
  ASSERT_OK_ASSIGN(const std::string bytes, read_all(*source, "blob", 100));
  EXPECT_EQ(bytes, std::string(100, 'x'));
}

TEST(StringSink, KeepsExactlyTheLimitAndNamesIt) {
  StringSink sink("the manifest", 4);
  EXPECT_OK(sink.write("ab"));
  EXPECT_OK(sink.write("cd"));
  EXPECT_THAT(sink.write("e"), fails_with(ErrorCode::kInvalidInput, "the manifest is longer"));
  EXPECT_EQ(sink.bytes(), "abcd");
}

TEST(Copy, MovesMoreThanOnePieceAndCounts) {
  const std::string bytes(300'000, 'x');
  ViewSource source(bytes);
  StringSink sink("copy", bytes.size());
  ASSERT_OK_ASSIGN(const auto count, copy(source, sink));
  EXPECT_EQ(count, bytes.size());
  EXPECT_EQ(sink.bytes(), bytes);
}

TEST(Copy, ReturnsTheErrorOfTheSourceUnchanged) {
  class Broken : public ByteSource {
    Result<std::size_t> read(char*, std::size_t) override { return fail(ErrorCode::kIo, "broken"); }
  } source;
  StringSink sink("copy", 10);
  EXPECT_THAT(copy(source, sink), fails_with(ErrorCode::kIo, "broken"));
}

TEST(HashingSink, CountsHashesAndPassesOn) {
  StringSink next("text", 100);
  HashingSink sink(&next, Digest::Algorithm::kSha256);
  ASSERT_OK(sink.write("ab"));
  ASSERT_OK(sink.write("c"));
  EXPECT_EQ(sink.size(), 3u);
  EXPECT_EQ(sink.finish(), Digest::of("abc"));
  EXPECT_EQ(next.bytes(), "abc");
}

TEST(HashingSink, StopsWhereTheNextSinkStops) {
  StringSink next("text", 1);
  HashingSink sink(&next, Digest::Algorithm::kSha256);
  EXPECT_THAT(sink.write("ab"), fails_with(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace sealift
