#pragma once

#include <string>
#include <vector>

namespace sealift::comparison {

struct DiffLine {
  char mark = ' ';  // '-', '+', ' ' for what both have, '@' for a heading or a gap
  std::string text;
};

// The shortest way from one text to the other by lines (Myers, "An O(ND) Difference Algorithm",
// 1986), with three lines around each change and gaps as '@' without text. Texts that are too
// different for that, more than kMaxEdits lines, are one block of '-' and one of '+'.
std::vector<DiffLine> diff_lines(const std::vector<std::string>& before,
                                 const std::vector<std::string>& after);

inline constexpr int kMaxEdits = 400;

}  // namespace sealift::comparison
