#include "transfer_progress.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace sealift::program {
namespace {

constexpr std::chrono::milliseconds kMoment(300);
constexpr std::chrono::milliseconds kBetweenDrawings(100);
constexpr std::chrono::seconds kBetweenLines(30);

// "shop:v1" of "oci://registry.example.com/team/shop:v1@sha256:…".
std::string last_part(const oci::Reference& artifact) {
  std::string text = artifact.to_string();
  text.resize(std::min(text.find('@'), text.size()));
  return text.substr(text.rfind('/') + 1);
}

}  // namespace

TransferProgress::TransferProgress(std::string doing, Output::Readers readers, StatusLine& line,
                                   Clock& clock)
    : doing_(std::move(doing)), readers_(readers), line_(line), clock_(clock) {
  if (readers_ == Output::Readers::kNone) return;
  rate_.note(clock_.steady_now(), 0);
  // Without a thread there is nothing to see, and the work goes on.
  auto thread = SmallThread::start([this] { show_until(end_.get_token()); });
  if (thread) thread_ = *std::move(thread);
}

TransferProgress::~TransferProgress() {
  end_.request_stop();
  thread_.join();
  const auto gone = line_.clear();
}

oci::TransferObserver* TransferProgress::observer() {
  return readers_ == Output::Readers::kNone ? nullptr : this;
}

void TransferProgress::turn_to(const oci::Reference& artifact) {
  auto name = last_part(artifact);
  const std::lock_guard lock(mutex_);
  name_ = std::move(name);
}

void TransferProgress::found_manifest() { ++manifests_; }

void TransferProgress::found_blob(std::uint64_t size) {
  ++blobs_;
  bytes_ += size;
}

void TransferProgress::moved(std::int64_t bytes) { moved_ += bytes; }

void TransferProgress::settled_blob(std::uint64_t size, bool sent) {
  ++settled_;
  if (!sent) bytes_ -= size;
}

void TransferProgress::show_until(const std::stop_token& stop) {
  const bool drawn = readers_ == Output::Readers::kTerminal;
  auto next = clock_.steady_now() + (drawn ? kMoment : kBetweenLines);
  while (true) {
    clock_.sleep_until(next, stop);
    if (stop.stop_requested()) return;
    show();
    next = clock_.steady_now() + (drawn ? kBetweenDrawings : kBetweenLines);
  }
}

void TransferProgress::show() {
  std::string name;
  {
    const std::lock_guard lock(mutex_);
    name = name_;
  }
  const auto now = counts();
  rate_.note(clock_.steady_now(), now.moved);
  if (readers_ == Output::Readers::kTerminal) {
    line_.draw(progress_text(doing_, now, rate_.per_second(), name, line_.room()));
  } else {
    line_.write_line(progress_text(doing_, now, rate_.per_second(), name,
                                   std::numeric_limits<std::size_t>::max()));
  }
}

TransferCounts TransferProgress::counts() const {
  TransferCounts counts;
  counts.manifests = manifests_;
  counts.blobs = blobs_;
  counts.settled = settled_;
  counts.bytes = bytes_;
  counts.moved = static_cast<std::uint64_t>(std::max<std::int64_t>(0, moved_));
  return counts;
}

}  // namespace sealift::program
