#include <sealift/archive/compression.h>
#include <sealift/archive/deflate_encoder.h>

#include <zlib.h>
#include <algorithm>
#include <limits>
#include <string>

namespace sealift::archive {
namespace {

// Magic, deflate, no flags, time 0, no extra flags, unknown system (RFC 1952, section 2.3).
constexpr std::string_view kHeader{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10};

void append_little_endian(std::string& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(value >> shift & 0xffu);
}

}  // namespace

struct GzipWriter::State {
  explicit State(ByteSink& the_output) : output(the_output), encoder(the_output) {}

  // The header goes out with the first bytes, where its error can be returned.
  Result<> begin() {
    if (begun) return {};
    begun = true;
    return output.write(kHeader);
  }

  ByteSink& output;
  DeflateEncoder encoder;
  bool begun = false;
  uLong crc = crc32(0, nullptr, 0);
  std::uint32_t size = 0;  // modulo 2^32, as the trailer has it
};

GzipWriter::GzipWriter(ByteSink& output) : state_(std::make_unique<State>(output)) {}
GzipWriter::~GzipWriter() = default;

Result<> GzipWriter::write(std::string_view bytes) {
  SEALIFT_TRY(state_->begin());
  if (bytes.empty()) return {};  // may be null, by which zlib means that the checksum begins anew
  state_->crc = crc32_z(state_->crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  state_->size += static_cast<std::uint32_t>(bytes.size());
  return state_->encoder.write(bytes);
}

Result<> GzipWriter::finish() {
  SEALIFT_TRY(state_->begin());
  SEALIFT_TRY(state_->encoder.finish());
  std::string trailer;
  append_little_endian(trailer, static_cast<std::uint32_t>(state_->crc));
  append_little_endian(trailer, state_->size);
  return state_->output.write(trailer);
}

}  // namespace sealift::archive
