#include "line_diff.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>

namespace sealift::comparison {
namespace {

using Lines = std::span<const std::string>;

constexpr std::size_t kContext = 3;

// How far each diagonal got after each number of edits.
class EditGraph {
 public:
  EditGraph(Lines before, Lines after)
      : before_(before),
        after_(after),
        n_(static_cast<int>(before.size())),
        m_(static_cast<int>(after.size())) {}

  // Nullopt where there are more than kMaxEdits.
  std::optional<std::vector<DiffLine>> shortest() {
    std::vector<int> reach(2 * kMaxEdits + 3, 0);
    for (int edits = 0; edits <= kMaxEdits; ++edits) {
      trace_.push_back(reach);
      for (int k = -edits; k <= edits; k += 2) {
        int x = starts_down(reach, k, edits) ? at(reach, k + 1) : at(reach, k - 1) + 1;
        while (x < n_ && x - k < m_ && before_[index(x)] == after_[index(x - k)]) ++x;
        at(reach, k) = x;
        if (x >= n_ && x - k >= m_) return walk_back(edits);
      }
    }
    return std::nullopt;
  }

 private:
  static std::size_t index(int value) { return static_cast<std::size_t>(value); }
  static int& at(std::vector<int>& reach, int k) { return reach[index(k + kMaxEdits + 1)]; }
  static bool starts_down(std::vector<int>& reach, int k, int edits) {
    return k == -edits || (k != edits && at(reach, k - 1) < at(reach, k + 1));
  }

  std::vector<DiffLine> walk_back(int edits) {
    std::vector<DiffLine> lines;
    int x = n_;
    int y = m_;
    for (; edits >= 0; --edits) {
      auto& reach = trace_[index(edits)];
      const int k = x - y;
      const int last_k = starts_down(reach, k, edits) ? k + 1 : k - 1;
      const int last_x = edits == 0 ? 0 : at(reach, last_k);
      const int last_y = edits == 0 ? 0 : last_x - last_k;
      while (x > last_x && y > last_y) {
        lines.push_back({' ', before_[index(--x)]});
        --y;
      }
      if (edits == 0) break;
      if (x == last_x) {
        lines.push_back({'+', after_[index(--y)]});
      } else {
        lines.push_back({'-', before_[index(--x)]});
      }
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
  }

  Lines before_;
  Lines after_;
  int n_;
  int m_;
  std::vector<std::vector<int>> trace_;
};

// Whether a line is near enough to a change to be shown.
std::vector<bool> near_changes(const std::vector<DiffLine>& lines) {
  std::vector<bool> near(lines.size(), false);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].mark == ' ') continue;
    const auto end = std::min(lines.size(), i + kContext + 1);
    for (std::size_t j = i - std::min(i, kContext); j < end; ++j) near[j] = true;
  }
  return near;
}

std::vector<DiffLine> with_gaps(const std::vector<DiffLine>& lines) {
  const auto near = near_changes(lines);
  std::vector<DiffLine> shown;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (near[i]) {
      shown.push_back(lines[i]);
    } else if (i > 0 && near[i - 1]) {
      shown.push_back({'@', ""});
    } else if (i == 0) {
      shown.push_back({'@', ""});
    }
  }
  if (!near.empty() && !near.back() && !shown.empty() && shown.back().mark == '@') {
    shown.pop_back();
  }
  return shown;
}

void append(std::vector<DiffLine>& lines, char mark, Lines texts) {
  for (const auto& text : texts) lines.push_back({mark, text});
}

}  // namespace

std::vector<DiffLine> diff_lines(const std::vector<std::string>& before,
                                 const std::vector<std::string>& after) {
  const auto [at, _] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
  const auto head = static_cast<std::size_t>(at - before.begin());
  const auto shorter = std::min(before.size(), after.size()) - head;
  std::size_t tail = 0;
  while (tail < shorter && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  const Lines old_part = Lines(before).subspan(head, before.size() - head - tail);
  const Lines new_part = Lines(after).subspan(head, after.size() - head - tail);
  std::vector<DiffLine> lines;
  append(lines, ' ', Lines(before).first(head));
  if (auto middle = EditGraph(old_part, new_part).shortest()) {
    lines.insert(lines.end(), middle->begin(), middle->end());
  } else {
    append(lines, '-', old_part);
    append(lines, '+', new_part);
  }
  append(lines, ' ', Lines(before).last(tail));
  return with_gaps(lines);
}

}  // namespace sealift::comparison
