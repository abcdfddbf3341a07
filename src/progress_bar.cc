#include "progress_bar.h"

#include <algorithm>
#include <iostream>
#include <utility>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMebibyte = 1u << 20;
constexpr std::uint64_t kWidth = 30;
constexpr std::chrono::milliseconds kBetweenDrawings(100);
constexpr const char* kWipeLine = "\r\033[K";

// "12.3" MiB, rounded down, so that the end is not announced before it is reached.
std::string in_mebibytes(std::uint64_t bytes) {
  const auto tenths = bytes * 10 / kMebibyte;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

class FollowedSource : public ByteSource {
 public:
  FollowedSource(std::unique_ptr<ByteSource> source, ProgressBar& bar)
      : source_(std::move(source)), bar_(bar) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    SEALIFT_ASSIGN(const auto count, source_->read(buffer, size));
    done_ += count;
    bar_.move_to(done_);
    return count;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  ProgressBar& bar_;
  std::uint64_t done_ = 0;
};

ProgressBar::ProgressBar(std::string what, std::uint64_t total, bool shown)
    : what_(std::move(what)),
      total_(total),
      shown_(shown && total >= kMebibyte),
      next_(std::chrono::steady_clock::now() + kBetweenDrawings) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::cerr << kWipeLine << std::flush;
}

Blob ProgressBar::follow(Blob blob) {
  if (!shown_) return blob;
  return Blob{blob.size,
              [this, open = std::move(blob.open)]() -> Result<std::unique_ptr<ByteSource>> {
                SEALIFT_ASSIGN(auto source, open());
                return std::make_unique<FollowedSource>(std::move(source), *this);
              }};
}

void ProgressBar::move_to(std::uint64_t done) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_ && done < total_) return;
  next_ = now + kBetweenDrawings;
  draw(std::min(done, total_));
}

void ProgressBar::draw(std::uint64_t done) {
  const auto filled = static_cast<std::size_t>(done * kWidth / total_);
  std::cerr << kWipeLine << what_ << "  [" << std::string(filled, '=')
            << std::string(kWidth - filled, ' ') << "]  " << in_mebibytes(done) << " of "
            << in_mebibytes(total_) << " MiB" << std::flush;
  drawn_ = true;
}

}  // namespace sealift::program
