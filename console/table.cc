#include <sealift/base/encoding.h>
#include <sealift/console/table.h>

#include <algorithm>
#include <cassert>

namespace sealift::console {
namespace {

constexpr std::size_t kMaxCellBytes = 400;
constexpr std::size_t kGap = 3;

}  // namespace

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

void Table::add(std::vector<std::string> cells) {
  assert(rows_.empty() || cells.size() == rows_.front().size());
  for (auto& cell : cells) {
    const bool last = &cell == &cells.back();
    cell = cell.empty() && !last ? "<none>" : printable(cell, kMaxCellBytes);
  }
  rows_.push_back(std::move(cells));
}

std::string Table::take_text() {
  for (const auto& row : rows_) {
    widths_.resize(std::max(widths_.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], display_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths_[i] + kGap - display_width(row[i]), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  rows_.clear();
  return text;
}

}  // namespace sealift::console
