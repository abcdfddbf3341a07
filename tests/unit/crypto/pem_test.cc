#include "support/result_matchers.h"

#include <sealift/crypto/pem.h>

#include <gtest/gtest.h>

namespace sealift::crypto {
namespace {

using sealift::test::fails_with;

constexpr std::string_view kBlock = "-----BEGIN A KEY-----\nAAEC\n-----END A KEY-----\n";

TEST(ReadPem, TakesWhatToolsWrite) {
  const std::string block(kBlock);
  const struct {
    const char* name;
    std::string text;
  } kCases[] = {
      {"plain", block},
      {"no newline at the end", block.substr(0, block.size() - 1)},
      {"CRLF", "-----BEGIN A KEY-----\r\nAAEC\r\n-----END A KEY-----\r\n"},
      {"blanks at the ends of lines", "-----BEGIN A KEY----- \nAAEC\t\n-----END A KEY-----  \n"},
      {"empty lines around", "\n\n" + block + "\n  \n"},
      {"split anywhere", "-----BEGIN A KEY-----\nA\nAE\nC\n-----END A KEY-----\n"},
  };
  for (const auto& test : kCases) {
    ASSERT_OK_ASSIGN(const auto found, read_single_pem(test.text, test.name));
    EXPECT_EQ(found.label, "A KEY") << test.name;
    EXPECT_EQ(found.content.view(), std::string_view("\0\1\2", 3)) << test.name;
  }
}

TEST(ReadPem, RefusesWhatBreaksARule) {
  const std::string block(kBlock);
  const struct {
    const char* name;
    std::string text;
    const char* message;
  } kCases[] = {
      {"nothing", "", "is empty"},
      {"text in front", "comment\n" + block, "expected a line -----BEGIN"},
      {"text behind", block + "x", "expected a line -----BEGIN"},
      {"blanks in front", "  " + block, "expected a line -----BEGIN"},
      {"lower case", "-----BEGIN a key-----\nAAEC\n-----END a key-----\n", "expected a line"},
      {"no label", "-----BEGIN -----\nAAEC\n-----END -----\n", "expected a line"},
      {"short dashes", "-----BEGIN A KEY----\nAAEC\n-----END A KEY----\n", "expected a line"},
      {"dashes shared", "-----BEGIN ----\n", "expected a line"},
      {"other end", "-----BEGIN A KEY-----\nAAEC\n-----END B KEY-----\n", "ends with another line"},
      {"no end", "-----BEGIN A KEY-----\nAAEC\n", "has no end"},
      {"begins twice", "-----BEGIN A KEY-----\n" + block, "ends with another line"},
      {"headers", "-----BEGIN A KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAEC\n-----END A KEY-----\n",
       "has headers"},
      {"no content", "-----BEGIN A KEY-----\n-----END A KEY-----\n", "not base64"},
      {"alphabet", "-----BEGIN A KEY-----\nAA*C\n-----END A KEY-----\n", "not base64"},
      {"padding missing", "-----BEGIN A KEY-----\nAAE\n-----END A KEY-----\n", "not base64"},
      {"bits left over", "-----BEGIN A KEY-----\nAAF=\n-----END A KEY-----\n", "not base64"},
      {"blank inside", "-----BEGIN A KEY-----\nAA EC\n-----END A KEY-----\n", "not base64"},
      {"two where one belongs", block + block, "exactly one"},
  };
  for (const auto& test : kCases) {
    const auto found = read_single_pem(test.text, "the file");
    EXPECT_THAT(found, fails_with(ErrorCode::kInvalidInput, test.message)) << test.name;
    if (!found) {
      EXPECT_EQ(found.error().message().rfind("the file: ", 0), 0u) << test.name;
    }
  }
}

TEST(ReadPem, NamesItsLimits) {
  EXPECT_THAT(read_pem(std::string(kMaxPemBytes + 1, '\n'), "big"),
              fails_with(ErrorCode::kInvalidInput, "larger than 65536 bytes"));
  std::string many;
  for (std::size_t i = 0; i < kMaxPemBlocks; ++i) many += kBlock;
  ASSERT_OK_ASSIGN(const auto blocks, read_pem(many, "many"));
  EXPECT_EQ(blocks.size(), kMaxPemBlocks);
  EXPECT_THAT(read_pem(many + std::string(kBlock), "many"),
              fails_with(ErrorCode::kInvalidInput, "more than 8 PEM blocks"));
}

TEST(WritePem, BreaksLinesAt64AndReadsBack) {
  const std::string content(100, '\xff');
  const std::string text = write_pem("A KEY", content);
  EXPECT_EQ(text, "-----BEGIN A KEY-----\n" + std::string(64, '/') + "\n" + std::string(64, '/') +
                      "\n/////w==\n-----END A KEY-----\n");
  ASSERT_OK_ASSIGN(const auto block, read_single_pem(text, "text"));
  EXPECT_EQ(block.content.view(), content);
}

}  // namespace
}  // namespace sealift::crypto
