#include "status_line.h"

#include <algorithm>
#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

namespace sealift::program {
namespace {

constexpr std::size_t kUsualWidth = 80;
constexpr const char* kStart = "\r";
constexpr const char* kEraseRest = "\033[K";

std::size_t width_of_standard_error() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kUsualWidth;
  return size.ws_col;
}

}  // namespace

StatusLine& StatusLine::of_standard_error() {
  static StatusLine line(std::cerr, width_of_standard_error);
  return line;
}

std::size_t StatusLine::room() const { return std::max<std::size_t>(width_(), 2) - 1; }

void StatusLine::draw(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (text == drawn_) return;
  terminal_ << kStart + text + kEraseRest << std::flush;
  drawn_ = text;
}

void StatusLine::write_line(std::string_view text) {
  const auto held = clear();
  terminal_ << std::string(text) + "\n" << std::flush;
}

std::unique_lock<std::mutex> StatusLine::clear() {
  std::unique_lock lock(mutex_);
  if (!drawn_.empty()) terminal_ << std::string(kStart) + kEraseRest << std::flush;
  drawn_.clear();
  return lock;
}

}  // namespace sealift::program
