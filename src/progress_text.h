#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::program {

// How far transfers are.
struct TransferCounts {
  std::uint64_t manifests = 0;  // found so far
  std::uint64_t blobs = 0;      // found so far
  std::uint64_t settled = 0;    // of those: where they should be
  std::uint64_t bytes = 0;      // of found blobs that are not known to be there already
  std::uint64_t moved = 0;      // of those
};

// "copying  12/40 blobs  1210 MiB of 3072 MiB  88 MiB/s  shop:v1": one line of at most `width`
// columns, without its end. Parts that do not fit are left out, from the right; of the first one
// what fits is shown. `name` may hold anything.
std::string progress_text(std::string_view doing, const TransferCounts& counts,
                          std::optional<std::uint64_t> bytes_per_second, std::string_view name,
                          std::size_t width);

}  // namespace sealift::program
