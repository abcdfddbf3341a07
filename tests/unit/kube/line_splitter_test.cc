#include <sealift/kube/line_splitter.h>

#include <gtest/gtest.h>

#include <vector>

#include "support/result_matchers.h"

namespace sealift::kube {
namespace {

TEST(LineSplitter, GivesTheSameLinesHoweverTheStreamIsCut) {
  const std::string text = "one\ntwo\r\n\n\r\nthree\nrest";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    std::vector<std::string> lines;
    LineSplitter splitter(100, [&](std::string_view line) -> Result<> {
      lines.emplace_back(line);
      return {};
    });
    for (std::size_t at = 0; at < text.size(); at += size) {
      ASSERT_OK(splitter.write(std::string_view(text).substr(at, size)));
    }
    EXPECT_EQ(lines, (std::vector<std::string>{"one", "two", "three"})) << "pieces of " << size;
    EXPECT_TRUE(splitter.has_rest());
  }
}

TEST(LineSplitter, RefusesALineOverTheLimitInOnePieceOrMany) {
  const auto nothing = [](std::string_view) -> Result<> { return {}; };
  LineSplitter at_once(4, nothing);
  EXPECT_OK(at_once.write("1234\n"));
  EXPECT_THAT(at_once.write("12345\n"), test::fails_with(ErrorCode::kInvalidInput, "4 bytes"));
  LineSplitter in_pieces(4, nothing);
  EXPECT_OK(in_pieces.write("123"));
  EXPECT_THAT(in_pieces.write("45"), test::fails_with(ErrorCode::kInvalidInput, "4 bytes"));
}

TEST(LineSplitter, PassesTheCallbacksErrorOn) {
  int calls = 0;
  LineSplitter splitter(100, [&](std::string_view) -> Result<> {
    ++calls;
    return fail(ErrorCode::kConflict, "enough");
  });
  EXPECT_THAT(splitter.write("a\nb\n"), test::fails_with(ErrorCode::kConflict, "enough"));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace sealift::kube
