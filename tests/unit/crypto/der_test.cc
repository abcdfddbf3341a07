#include "support/result_matchers.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/der.h>

#include <gtest/gtest.h>

namespace sealift::crypto {
namespace {

using sealift::test::fails_with;

std::string bytes(std::string_view hex) { return hex_decode(hex).value(); }

TEST(Der, HasOneFormForEachValue) {
  const struct {
    const char* hex;
    bool good;
    const char* why;
  } kCases[] = {
      {"3000", true, "an empty sequence"},
      {"300302012a", true, "a sequence of one number"},
      {"", false, "nothing"},
      {"30", false, "a tag alone"},
      {"3001", false, "ends too early"},
      {"300000", false, "bytes after its end"},
      {"308100", false, "a length in two bytes where one does"},
      {"30820003020100", false, "a length with a leading zero"},
      {"3080020100", false, "an indefinite length"},
      {"30800201000000", false, "an indefinite length with its end"},
      {"3085000000000302012a", false, "a length of five bytes"},
      {"1f8101022a00", false, "a tag number above 30"},
      {"0101ff", true, "true"},
      {"010100", true, "false"},
      {"010101", false, "true in another form"},
      {"0102ffff", false, "a long boolean"},
      {"0200", false, "a number without bytes"},
      {"020100", true, "zero"},
      {"02020080", true, "128"},
      {"0202007f", false, "127 with a leading zero"},
      {"0202ff7f", true, "-129"},
      {"0202ff80", false, "-128 with a leading one"},
      {"0300", false, "a bit string without its count"},
      {"030100", true, "an empty bit string"},
      {"030101", false, "an empty bit string with unused bits"},
      {"030207f0", false, "unused bits that are set"},
      {"03020480", true, "four unused bits"},
      {"03020880", false, "eight unused bits"},
      {"0500", true, "null"},
      {"050100", false, "null with content"},
      {"06032a0304", true, "an object identifier"},
      {"0600", false, "an empty object identifier"},
      {"06022a80", false, "an object identifier cut off"},
      {"06042a800304", false, "an object identifier with padding"},
      {"24040402abcd", false, "a string in pieces"},
      {"0000", false, "an end of contents"},
      {"3100", true, "an empty set"},
      {"1000", false, "a sequence that is not constructed"},
      {"1100", false, "a set that is not constructed"},
      {"a003020100", true, "an explicit tag"},
      {"a0020201", false, "an explicit tag around half a number"},
      {"8001ff", true, "an implicit tag"},
  };
  for (const auto& test : kCases) EXPECT_EQ(is_der(bytes(test.hex)), test.good) << test.why;
}

TEST(Der, IsBoundedInDepth) {
  std::string nested = write_der(kDerSequence, "");
  for (int i = 0; i < 30; ++i) nested = write_der(kDerSequence, nested);
  EXPECT_TRUE(is_der(nested));
  for (int i = 0; i < 5; ++i) nested = write_der(kDerSequence, nested);
  EXPECT_FALSE(is_der(nested));
}

TEST(Der, ReadsBackWhatItWrites) {
  for (const std::size_t size : {0u, 1u, 127u, 128u, 255u, 256u, 65535u, 65536u}) {
    const std::string content(size, 'x');
    const std::string der = write_der(kDerOctetString, content);
    ASSERT_OK_ASSIGN(const auto element, read_single_der(der, kDerOctetString));
    EXPECT_EQ(element.content, content);
    EXPECT_EQ(element.encoded, der);
    EXPECT_TRUE(is_der(der)) << size;
    EXPECT_THAT(read_single_der(der + "x", kDerOctetString), fails_with(ErrorCode::kInvalidInput));
    EXPECT_THAT(read_single_der(der, kDerSequence), fails_with(ErrorCode::kInvalidInput));
  }
}

TEST(Der, ReadsTextOfOneKindAlone) {
  ASSERT_OK_ASSIGN(const auto text, read_der_utf8_string(bytes("0c03c3a962")));
  EXPECT_EQ(text,
            "\xc3\xa9"
            "b");
  EXPECT_THAT(read_der_utf8_string(bytes("16026162")), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(read_der_utf8_string(bytes("0c02c328")), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(read_der_utf8_string(bytes("0c0161ff")), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(read_der_utf8_string(""), fails_with(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace sealift::crypto
