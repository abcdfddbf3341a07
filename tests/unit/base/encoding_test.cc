#include "support/result_matchers.h"

#include <sealift/base/base64url.h>
#include <sealift/base/encoding.h>

#include <gtest/gtest.h>

namespace sealift {
namespace {

using test::fails_with;

std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  return bytes;
}

TEST(Hex, RoundTripsAllBytes) {
  EXPECT_EQ(hex_encode(std::string_view("\x00\x9a\xff", 3)), "009aff");
  EXPECT_EQ(*hex_decode(hex_encode(all_bytes())), all_bytes());
  EXPECT_EQ(*hex_decode("9A"), "\x9a");
  EXPECT_EQ(*hex_decode(""), "");
}

TEST(Hex, RefusesEverythingElse) {
  for (const char* text : {"0", "0g", "g0", " 00", "0x00"}) {
    EXPECT_THAT(hex_decode(text), fails_with(ErrorCode::kInvalidInput)) << text;
  }
}

TEST(Base64, KnownVectors) {  // RFC 4648, section 10
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"},
                                                         {"\xfb\xff", "+/8="}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(*base64_decode(text), bytes);
  }
  EXPECT_EQ(*base64_decode(base64_encode(all_bytes())), all_bytes());
}

TEST(Base64, RefusesEverythingElse) {
  for (const char* text : {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "=", "Zm9v\n", "Zm 9",
                           "Zg==Zg==", "-_8=", "Zm=v"}) {
    EXPECT_THAT(base64_decode(text), fails_with(ErrorCode::kInvalidInput)) << text;
  }
}

TEST(Base64Url, HasItsOwnAlphabetAndNoPadding) {
  const std::pair<std::string, std::string> vectors[] = {
      {"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"\xfb\xff", "-_8"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(base64url_encode(bytes), text);
    EXPECT_EQ(*base64url_decode(text), bytes);
  }
  EXPECT_EQ(*base64url_decode(base64url_encode(all_bytes())), all_bytes());
  for (const char* text : {"Z", "Zg==", "Zg=", "Zh", "+_8", "-/8", "Zm9v\n", "Zm 9", "Zm9vZ"}) {
    EXPECT_THAT(base64url_decode(text), fails_with(ErrorCode::kInvalidInput)) << text;
  }
}

TEST(Utf8, AcceptsWhatTheStandardAccepts) {
  for (const char* text :
       {"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
        "12345678\xc3\xa9"
        "12345678"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(Utf8, RefusesOverlongSurrogatesAndFragments) {
  for (const char* text :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xe0\xa0", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf0\x90\x80", "\xff",
        "12345678\xc3"
        "12345678",
        "\xc3("}) {
    EXPECT_FALSE(is_utf8(text)) << text;
  }
}

TEST(Printable, MakesTextHarmless) {
  EXPECT_EQ(printable("plain é 😀"), "plain é 😀");
  EXPECT_EQ(printable("a\x1b[31mb\n"), "a\\x1b[31mb\\x0a");
  EXPECT_EQ(printable("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(printable("\x7f\xc2\x9b"), "\\x7f\\xc2\\x9b");
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b\xe2\x81\xa6"
                      "c"),
            "a\\xe2\\x80\\xae"
            "b\\xe2\\x81\\xa6"
            "c");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, CutsBetweenCharacters) {
  EXPECT_EQ(printable("12345", 5), "12345");
  EXPECT_EQ(printable("123456", 5), "12345…");
  EXPECT_EQ(printable("1234é", 5), "1234…");
  EXPECT_EQ(printable("123\n", 5), "123…");
  EXPECT_EQ(printable("x", 0), "…");
}

}  // namespace
}  // namespace sealift
