#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

namespace sealift::program {

// The last line of a terminal, drawn over itself while something is under way. Whatever else is
// written there clears it first. Safe to use from many threads.
class StatusLine {
 public:
  // `width`: of the terminal now, in columns.
  StatusLine(std::ostream& terminal, std::function<std::size_t()> width)
      : terminal_(terminal), width_(std::move(width)) {}
  // Of this program's standard error, as wide as its terminal is.
  static StatusLine& of_standard_error();

  // Columns that a line may have without reaching the edge, where some terminals break it.
  std::size_t room() const;
  // In one write, and none where the same is there. `text` has at most room() columns.
  void draw(const std::string& text);
  // A whole line that stays.
  void write_line(std::string_view text);

  // The line is gone, and nothing is drawn for as long as this is held.
  [[nodiscard]] std::unique_lock<std::mutex> clear();

 private:
  std::ostream& terminal_;
  std::function<std::size_t()> width_;
  std::mutex mutex_;
  std::string drawn_;
};

}  // namespace sealift::program
