#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string>

namespace sealift::image {

// An image's only layer: a gzip-compressed tar that is a function of names, contents and executable
// bits alone.
struct RootLayer {
  std::string bytes;
  Digest digest;   // of the bytes
  Digest diff_id;  // of the tar
};

// Packs a folder as the root of a file system, folders before what they hold, in the order of
// bytes. Symbolic links and other special files are kInvalidInput: a name that points elsewhere is
// a copy here. kIo; kInvalidInput for more than 512 MiB.
Result<RootLayer> pack_root(const std::string& folder);

}  // namespace sealift::image
