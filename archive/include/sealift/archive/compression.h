#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <memory>
#include <string_view>

namespace sealift::archive {

enum class Compression { kNone, kGzip, kZstd };

// A sink that decompresses into another. Concatenated members are read one after the other
// (RFC 1952, section 2.2). More than `max_output_bytes` is kInvalidInput naming the limit, however
// small the input; so are broken or truncated streams, the latter in finish().
class Decompressor : public ByteSink {
 public:
  virtual Result<> finish() = 0;
};
std::unique_ptr<Decompressor> make_decompressor(Compression compression, ByteSink& output,
                                                std::uint64_t max_output_bytes);

// Writes one gzip member (RFC 1952) whose bytes depend on the input alone, on every machine and for
// ever: the compressor is our own and its output is fixed by golden tests. Header: no name, time 0,
// OS 255.
class GzipWriter : public ByteSink {
 public:
  explicit GzipWriter(ByteSink& output);  // must outlive the writer
  ~GzipWriter() override;
  Result<> write(std::string_view bytes) override;
  Result<> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealift::archive
