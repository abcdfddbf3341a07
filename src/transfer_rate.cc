#include "transfer_rate.h"

namespace sealift::program {
namespace {

constexpr std::chrono::seconds kWindow(3);
constexpr std::chrono::seconds kLeast(1);

}  // namespace

void TransferRate::note(SteadyTime now, std::uint64_t moved) {
  samples_.push_back({now, moved});
  while (samples_.size() > 2 && samples_[1].time <= now - kWindow) samples_.pop_front();
}

std::optional<std::uint64_t> TransferRate::per_second() const {
  if (samples_.empty()) return std::nullopt;
  const Sample& first = samples_.front();
  const Sample& last = samples_.back();
  const auto passed = last.time - first.time;
  if (passed < kLeast) return std::nullopt;
  if (last.moved <= first.moved) return 0;
  const std::chrono::duration<double> seconds = passed;
  return static_cast<std::uint64_t>(static_cast<double>(last.moved - first.moved) /
                                    seconds.count());
}

}  // namespace sealift::program
