#include "spool.h"

#include <sealift/archive/compression.h>
#include <sealift/archive/tar_writer.h>
#include <sealift/builder/layer.h>

#include <utility>

namespace sealift::builder {

Result<Layer> pack(const RenderedObjects& rendered, const BuildEnvironment& environment) {
  Spool spool(environment.files, environment.random, environment.temporary_directory,
              environment.layer_memory_bytes);
  HashingSink compressed(&spool, Digest::Algorithm::kSha256);
  archive::GzipWriter gzip(compressed);
  HashingSink tar(&gzip, Digest::Algorithm::kSha256);
  archive::TarWriter writer(tar);
  for (const RenderedFile& file : rendered.files) {
    SEALIFT_ASSIGN(const std::string content, file.read());
    SEALIFT_TRY_CONTEXT(writer.add_file(file.path, content, file.executable), "pack the files");
  }
  SEALIFT_TRY_CONTEXT(writer.finish(), "pack the files");
  SEALIFT_TRY_CONTEXT(gzip.finish(), "pack the files");
  const std::uint64_t unpacked_bytes = tar.size();
  SEALIFT_ASSIGN_CONTEXT(Blob bytes, spool.finish(), "pack the files");
  return Layer{compressed.finish(), tar.finish(), std::move(bytes), unpacked_bytes};
}

}  // namespace sealift::builder
