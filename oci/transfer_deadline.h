#pragma once

#include <chrono>
#include <cstdint>

namespace sealift::oci {

// How long a transfer of this size may take: a slow link is fine, a server that gives a byte now
// and then for ever is not. 16 KiB/s on average, and a minute.
inline std::chrono::milliseconds transfer_deadline(std::uint64_t size) {
  constexpr std::uint64_t kSlowest = 16u << 10;
  constexpr std::uint64_t kLongest = 7 * 24 * 60 * 60;
  const std::uint64_t seconds = size / kSlowest + 60;
  return std::chrono::seconds(seconds < kLongest ? seconds : kLongest);
}

}  // namespace sealift::oci
