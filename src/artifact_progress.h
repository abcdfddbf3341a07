#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <string>

#include "output.h"
#include "progress_line.h"

namespace sealift::program {

// "building  120/1500 artifacts  shop-prod": one line of at most `width` columns; the name, which
// may hold anything, gives way.
std::string artifact_progress_text(std::string_view doing, std::size_t done, std::size_t all,
                                   std::string_view name, std::size_t width);

// Shows people how many artifacts are done (see ProgressLine). Safe to use from many threads.
class ArtifactProgress {
 public:
  ArtifactProgress(std::string doing, std::size_t all, const Output& output);

  // One more, by its name.
  void done(const std::string& name);

 private:
  std::string text(std::size_t width);

  const std::string doing_;
  const std::size_t all_;
  std::atomic<std::size_t> done_ = 0;
  std::mutex mutex_;
  std::string name_;
  ProgressLine shown_;  // last, so that its thread ends before what it reads is gone
};

}  // namespace sealift::program
