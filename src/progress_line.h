#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/small_thread.h>

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>

#include "output.h"
#include "status_line.h"

namespace sealift::program {

// Shows people how far something is, on standard error: on a terminal one line, from 0.3 s on and
// at most ten times a second, gone with this object; elsewhere, where a log is kept, a line every
// 30 s; nothing where nobody reads. A thread of its own writes, so that no work waits for a
// terminal, and work that stands still is seen to.
class ProgressLine {
 public:
  // One line of at most `width` columns without its end; called from that thread alone.
  using Text = std::function<std::string(std::size_t width)>;

  // `line` and `clock` must outlive this.
  ProgressLine(Text text, Output::Readers readers, StatusLine& line, Clock& clock);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  void show_until(const std::stop_token& stop);

  const Text text_;
  const Output::Readers readers_;
  StatusLine& line_;
  Clock& clock_;
  std::stop_source end_;
  SmallThread thread_;
};

}  // namespace sealift::program
