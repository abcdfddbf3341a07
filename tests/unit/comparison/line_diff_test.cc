#include "line_diff.h"

#include <gmock/gmock.h>

#include <sstream>

namespace sealift::comparison {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string diff_of(const std::string& before, const std::string& after) {
  std::string text;
  for (const auto& line : diff_lines(lines_of(before), lines_of(after))) {
    text += line.mark + line.text + "\n";
  }
  return text;
}

TEST(LineDiff, FindsTheShortestWay) {
  EXPECT_EQ(diff_of("a\nb\nc\n", "a\nx\nc\n"), " a\n-b\n+x\n c\n");
  EXPECT_EQ(diff_of("a\nb\n", "a\nb\nc\n"), " a\n b\n+c\n");
  EXPECT_EQ(diff_of("a\nb\nc\n", "b\nc\n"), "-a\n b\n c\n");
  EXPECT_EQ(diff_of("", "a\n"), "+a\n");
  EXPECT_EQ(diff_of("a\n", ""), "-a\n");
  EXPECT_EQ(diff_of("a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n"),
            "-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n");
}

TEST(LineDiff, LeavesOutWhatIsFarFromChanges) {
  EXPECT_EQ(diff_of("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"),
            "@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
  EXPECT_EQ(diff_of("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "x\n1\n2\n3\n4\n5\n6\n7\ny\n"),
            "-a\n+x\n 1\n 2\n 3\n@\n 5\n 6\n 7\n-b\n+y\n");
}

TEST(LineDiff, AppliedToTheFirstItGivesTheSecond) {
  unsigned state = 7;
  const auto next = [&] { return state = state * 1664525u + 1013904223u; };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> before;
    std::vector<std::string> after;
    for (unsigned i = next() % 3; i > 0; --i) before.push_back(std::string(1, "ab"[next() >> 31]));
    for (unsigned i = next() % 4; i > 0; --i) after.push_back(std::string(1, "ab"[next() >> 31]));
    std::vector<std::string> was;
    std::vector<std::string> is;
    for (const auto& line : diff_lines(before, after)) {
      if (line.mark != '+') was.push_back(line.text);
      if (line.mark != '-') is.push_back(line.text);
    }
    if (before == after) continue;
    EXPECT_EQ(was, before);
    EXPECT_EQ(is, after);
  }
}

TEST(LineDiff, TextsThatAreTooDifferentAreTwoBlocks) {
  std::vector<std::string> before;
  std::vector<std::string> after;
  for (int i = 0; i < kMaxEdits; ++i) {
    before.push_back("a" + std::to_string(i));
    after.push_back("b" + std::to_string(i));
  }
  const auto lines = diff_lines(before, after);
  ASSERT_EQ(lines.size(), before.size() + after.size());
  EXPECT_EQ(lines.front().mark, '-');
  EXPECT_EQ(lines[before.size()].mark, '+');
}

}  // namespace
}  // namespace sealift::comparison
