#include "artifact_progress.h"

#include <sealift/base/clock.h>
#include <sealift/base/encoding.h>

#include <utility>

namespace sealift::program {

std::string artifact_progress_text(std::string_view doing, std::size_t done, std::size_t all,
                                   std::string_view name, std::size_t width) {
  std::string text = std::string(doing) + "  " + std::to_string(done) + "/" + std::to_string(all) +
                     (all == 1 ? " artifact" : " artifacts");
  const std::string shown = "  " + printable(name, 100);
  if (text.size() + shown.size() <= width) text += shown;
  return text.substr(0, width);
}

ArtifactProgress::ArtifactProgress(std::string doing, std::size_t all, const Output& output)
    : doing_(std::move(doing)),
      all_(all),
      shown_([this](std::size_t width) { return text(width); }, output.readers(),
             StatusLine::of_standard_error(), system_clock()) {}

void ArtifactProgress::done(const std::string& name) {
  const std::lock_guard lock(mutex_);
  ++done_;
  name_ = name;
}

std::string ArtifactProgress::text(std::size_t width) {
  std::string name;
  {
    const std::lock_guard lock(mutex_);
    name = name_;
  }
  return artifact_progress_text(doing_, done_, all_, name, width);
}

}  // namespace sealift::program
