#include "gzip_decompressor.h"

#include "limited_output.h"

#include <zlib.h>
#include <algorithm>
#include <limits>
#include <new>
#include <string>
#include <vector>

namespace sealift::archive {
namespace {

constexpr int kGzipAlone = 16 + MAX_WBITS;  // zlib: window bits plus 16 reads gzip and nothing else
constexpr std::size_t kOutputBuffer = 64u << 10;

class GzipDecompressor : public Decompressor {
 public:
  GzipDecompressor(ByteSink& output, std::uint64_t limit)
      : output_(output, limit), buffer_(kOutputBuffer) {
    if (inflateInit2(&stream_, kGzipAlone) != Z_OK) throw std::bad_alloc();
  }
  ~GzipDecompressor() override { inflateEnd(&stream_); }
  GzipDecompressor(const GzipDecompressor&) = delete;
  GzipDecompressor& operator=(const GzipDecompressor&) = delete;

  Result<> write(std::string_view bytes) override;
  Result<> finish() override;

 private:
  Result<> inflate_piece();
  tl::unexpected<Error> broken(int code) const;

  LimitedOutput output_;
  std::vector<char> buffer_;
  z_stream stream_{};
  bool member_complete_ = false;
  bool any_member_ = false;
};

Result<> GzipDecompressor::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, std::numeric_limits<uInt>::max());
    bytes.remove_prefix(piece.size());
    // zlib does not write to its input; the type is older than const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    SEALIFT_TRY(inflate_piece());
  }
  return {};
}

// Decompresses until the input is used up and nothing more comes out.
Result<> GzipDecompressor::inflate_piece() {
  do {
    if (member_complete_) {
      if (stream_.avail_in == 0) return {};
      inflateReset(&stream_);
      member_complete_ = false;
    }
    stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_out = static_cast<uInt>(buffer_.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return broken(code);
    SEALIFT_TRY(output_.write({buffer_.data(), buffer_.size() - stream_.avail_out}));
    if (code == Z_STREAM_END) member_complete_ = any_member_ = true;
  } while (stream_.avail_in > 0 || stream_.avail_out == 0);
  return {};
}

tl::unexpected<Error> GzipDecompressor::broken(int code) const {
  if (code == Z_MEM_ERROR) return fail(ErrorCode::kIo, "no memory left to decompress gzip data");
  const std::string why = stream_.msg != nullptr ? stream_.msg : "a dictionary is asked for";
  return fail(ErrorCode::kInvalidInput,
              (any_member_ ? "the gzip data is broken or followed by other data: "
                           : "the gzip data is broken: ") +
                  why + "; fetch or pack it again");
}

Result<> GzipDecompressor::finish() {
  if (member_complete_) return {};
  return fail(ErrorCode::kInvalidInput,
              "the gzip data is truncated: its end is missing; fetch or pack it again");
}

}  // namespace

std::unique_ptr<Decompressor> make_gzip_decompressor(ByteSink& output,
                                                     std::uint64_t max_output_bytes) {
  return std::make_unique<GzipDecompressor>(output, max_output_bytes);
}

}  // namespace sealift::archive
