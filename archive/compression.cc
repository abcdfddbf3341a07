#include <sealift/archive/compression.h>

#include "gzip_decompressor.h"
#include "limited_output.h"
#include "zstd_decompressor.h"

namespace sealift::archive {
namespace {

class PassThrough : public Decompressor {
 public:
  PassThrough(ByteSink& output, std::uint64_t limit) : output_(output, limit) {}
  Result<> write(std::string_view bytes) override { return output_.write(bytes); }
  Result<> finish() override { return {}; }

 private:
  LimitedOutput output_;
};

}  // namespace

std::unique_ptr<Decompressor> make_decompressor(Compression compression, ByteSink& output,
                                                std::uint64_t max_output_bytes) {
  switch (compression) {
    case Compression::kGzip:
      return make_gzip_decompressor(output, max_output_bytes);
    case Compression::kZstd:
      return make_zstd_decompressor(output, max_output_bytes);
    case Compression::kNone:
      break;
  }
  return std::make_unique<PassThrough>(output, max_output_bytes);
}

}  // namespace sealift::archive
