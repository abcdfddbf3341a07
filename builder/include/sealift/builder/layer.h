#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/builder/render.h>

#include <cstdint>

namespace sealift::builder {

// A gzip-compressed tar whose bytes are a function of paths, contents and executable bits alone.
struct Layer {
  Digest digest;   // of the compressed bytes
  Digest diff_id;  // of the tar
  Blob bytes;      // compressed; the last copy removes the temporary file, where there is one
  std::uint64_t unpacked_bytes = 0;
};

// Packs files in their order: no directory entries, mode 0644 or 0755, owner 0, time 0
// (docs/formats/artifact.md). Holds one file's content at a time; a layer larger than
// layer_memory_bytes goes to a temporary file. kIo, kInvalidInput.
Result<Layer> pack(const RenderedObjects& rendered, const BuildEnvironment& environment);

}  // namespace sealift::builder
