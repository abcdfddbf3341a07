#pragma once

#include <sealift/archive/compression.h>

#include <cstdint>
#include <memory>

namespace sealift::archive {

// Zstandard (RFC 8878), any number of frames, with libzstd.
std::unique_ptr<Decompressor> make_zstd_decompressor(ByteSink& output,
                                                     std::uint64_t max_output_bytes);

}  // namespace sealift::archive
