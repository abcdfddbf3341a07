#include "support/result_matchers.h"

#include <sealift/base/digest.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

using test::fails_with;
using Algorithm = Digest::Algorithm;

constexpr std::string_view kEmptySha256 =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kAbcSha512 =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(Digest, KnownVectors) {
  EXPECT_EQ(Digest::of("").to_string(), kEmptySha256);
  EXPECT_EQ(Digest::of("abc", Algorithm::kSha512).to_string(), kAbcSha512);
  EXPECT_EQ(Digest::of("").short_hex(), "e3b0c44298fc");
}

TEST(Digest, ParsesWhatItPrints) {
  for (const auto text : {kEmptySha256, kAbcSha512}) {
    ASSERT_OK_ASSIGN(const Digest digest, Digest::parse(text));
    EXPECT_EQ(digest.to_string(), text);
    EXPECT_EQ(digest.raw().size() * 2, digest.hex().size());
  }
  EXPECT_EQ(*Digest::parse(kEmptySha256), Digest::of(""));
  EXPECT_NE(*Digest::parse(kEmptySha256), Digest::of("x"));
}

TEST(Digest, RefusesEverythingElse) {
  const std::string hex(kEmptySha256.substr(7));
  const std::pair<std::string, const char*> cases[] = {
      {"", "write it as"},
      {hex, "write it as"},
      {"sha1:" + hex.substr(0, 40), "must be sha256 or sha512"},
      {"SHA256:" + hex, "must be sha256 or sha512"},
      {"sha256:" + hex.substr(1), "here are 63"},
      {"sha256:" + hex + "0", "here are 65"},
      {"sha512:" + hex, "has 128 hex digits"},
      {"sha256:E" + hex.substr(1), "lower case"},
      {"sha256:g" + hex.substr(1), "only 0-9 and a-f"},
      {"sha256:" + hex.substr(0, 63) + "\n", "only 0-9 and a-f"}};
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(Digest::parse(text), fails_with(ErrorCode::kInvalidInput, message)) << text;
  }
}

TEST(Hasher, PiecesGiveTheDigestOfTheWhole) {
  Hasher hasher(Algorithm::kSha512);
  hasher.update("a");
  hasher.update("");
  hasher.update("bc");
  EXPECT_EQ(hasher.finish().to_string(), kAbcSha512);
}

}  // namespace
}  // namespace sealift
