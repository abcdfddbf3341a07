#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

// Lines in columns, as kubectl prints them: capital headings, three spaces between, nothing after
// the last column. Cells are made printable.
class Table {
 public:
  explicit Table(std::vector<std::string> headings) : rows_{std::move(headings)} {}

  // As many cells as headings; an empty one is shown as "<none>" but for the last column.
  void add(std::vector<std::string> cells);
  // The lines that were added since the last call, the headings before the first of them. Columns
  // keep the width that they have had, so that the lines of a watch stay below each other.
  std::string take_text();

 private:
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> widths_;
};

// Columns that a text takes on a terminal: code points, since what is shown here is printable().
std::size_t display_width(std::string_view text);

}  // namespace sealift::console
