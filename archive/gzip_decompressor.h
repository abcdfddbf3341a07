#pragma once

#include <sealift/archive/compression.h>

#include <cstdint>
#include <memory>

namespace sealift::archive {

// Gzip (RFC 1952), any number of members, with zlib.
std::unique_ptr<Decompressor> make_gzip_decompressor(ByteSink& output,
                                                     std::uint64_t max_output_bytes);

}  // namespace sealift::archive
