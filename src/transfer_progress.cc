#include "transfer_progress.h"

#include <algorithm>
#include <utility>

namespace sealift::program {
namespace {

// "shop:v1" of "oci://registry.example.com/team/shop:v1@sha256:…".
std::string last_part(const oci::Reference& artifact) {
  std::string text = artifact.to_string();
  text.resize(std::min(text.find('@'), text.size()));
  return text.substr(text.rfind('/') + 1);
}

TransferRate begun_at(Clock& clock) {
  TransferRate rate;
  rate.note(clock.steady_now(), 0);
  return rate;
}

}  // namespace

TransferProgress::TransferProgress(std::string doing, Output::Readers readers, StatusLine& line,
                                   Clock& clock)
    : doing_(std::move(doing)),
      readers_(readers),
      clock_(clock),
      rate_(begun_at(clock)),
      shown_([this](std::size_t width) { return text(width); }, readers, line, clock) {}

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

std::string TransferProgress::text(std::size_t width) {
  std::string name;
  {
    const std::lock_guard lock(mutex_);
    name = name_;
  }
  const auto now = counts();
  rate_.note(clock_.steady_now(), now.moved);
  return progress_text(doing_, now, rate_.per_second(), name, width);
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
