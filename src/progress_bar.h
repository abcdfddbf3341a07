#pragma once

#include <sealift/base/bytes.h>

#include <chrono>
#include <cstdint>
#include <string>

namespace sealift::program {

// How far an upload is, for people at a terminal: one line on standard error that is drawn over
// itself and wiped when this goes. Draws nothing for what is sent in a moment.
class ProgressBar {
 public:
  // `shown` is false where nobody reads along.
  ProgressBar(std::string what, std::uint64_t total, bool shown);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // The same bytes; whoever reads them moves the bar. The bar must outlive the blob's sources, and
  // one source is read at a time. A blob that is opened again (a retry) begins at zero again.
  Blob follow(Blob blob);

 private:
  void move_to(std::uint64_t done);
  void draw(std::uint64_t done);

  std::string what_;
  std::uint64_t total_;
  bool shown_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_;
  friend class FollowedSource;
};

}  // namespace sealift::program
