#include "zstd_decompressor.h"

#include "limited_output.h"

#include <zstd.h>
#include <new>
#include <string>
#include <vector>

namespace sealift::archive {
namespace {

// 8 MiB: what every decoder should support and no writer should exceed (RFC 8878, section
// 3.1.1.1.2).
constexpr int kMaxWindowLog = 23;
constexpr std::size_t kOutputBuffer = 64u << 10;

struct FreeStream {
  void operator()(ZSTD_DCtx* stream) const { ZSTD_freeDCtx(stream); }
};

class ZstdDecompressor : public Decompressor {
 public:
  ZstdDecompressor(ByteSink& output, std::uint64_t limit)
      : output_(output, limit), buffer_(kOutputBuffer), stream_(ZSTD_createDCtx()) {
    if (!stream_) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, kMaxWindowLog);
  }

  Result<> write(std::string_view bytes) override {
    if (bytes.empty()) return {};
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer out{buffer_.data(), buffer_.size(), 0};
    do {
      out.pos = 0;
      const std::size_t code = ZSTD_decompressStream(stream_.get(), &out, &in);
      if (ZSTD_isError(code))
        return fail(ErrorCode::kInvalidInput, std::string("the zstd data is broken: ") +
                                                  ZSTD_getErrorName(code) +
                                                  "; fetch it again, or pack it with a window of "
                                                  "at most 8 MiB");
      SEALIFT_TRY(output_.write({buffer_.data(), out.pos}));
      frame_complete_ = code == 0;
    } while (in.pos < in.size || (out.pos == out.size && !frame_complete_));
    return {};
  }

  Result<> finish() override {
    if (frame_complete_) return {};
    return fail(ErrorCode::kInvalidInput,
                "the zstd data is truncated: its end is missing; fetch or pack it again");
  }

 private:
  LimitedOutput output_;
  std::vector<char> buffer_;
  std::unique_ptr<ZSTD_DCtx, FreeStream> stream_;
  bool frame_complete_ = false;
};

}  // namespace

std::unique_ptr<Decompressor> make_zstd_decompressor(ByteSink& output,
                                                     std::uint64_t max_output_bytes) {
  return std::make_unique<ZstdDecompressor>(output, max_output_bytes);
}

}  // namespace sealift::archive
