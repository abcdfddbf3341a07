#include <sealift/archive/compression.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace sealift;

constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 40;

std::string gzip(std::string_view input, std::size_t piece) {
  StringSink sink("gzip", kNoLimit);
  archive::GzipWriter writer(sink);
  for (std::size_t at = 0; at < input.size(); at += piece)
    if (!writer.write(input.substr(at, piece))) std::abort();
  if (!writer.finish()) std::abort();
  return sink.take();
}

}  // namespace

// Our compressor against zlib's decompressor. The first bytes say how often the rest is repeated,
// so that inputs are longer than the window and a chunk.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view seed(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t times = data[0] < 16 ? data[0] * std::size_t{700'000} / (16 * seed.size()) : 1;
  std::string input(seed);
  for (std::size_t i = 1; i < times; ++i) {
    input += seed;
    input[input.size() - 1] = static_cast<char>(i * i);  // not a plain repetition
  }
  const std::string compressed = gzip(input, input.size());
  if (compressed != gzip(input, 1 + data[1] * std::size_t{997})) std::abort();
  if (compressed.size() > input.size() + input.size() / 1'000 + 64) std::abort();

  StringSink output("output", kNoLimit);
  const auto gunzip = archive::make_decompressor(archive::Compression::kGzip, output, input.size());
  if (!gunzip->write(compressed) || !gunzip->finish() || output.bytes() != input) std::abort();
  return 0;
}
