#include <sealift/archive/compression.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace sealift;

constexpr std::uint64_t kLimit = 1u << 20;

struct Outcome {
  bool accepted;
  std::string output;
};

Outcome decompress(archive::Compression compression, std::string_view input, std::size_t piece) {
  StringSink sink("output", kLimit);  // refuses what the decompressor must not let through
  const auto decompressor = archive::make_decompressor(compression, sink, kLimit);
  bool accepted = true;
  for (std::size_t at = 0; accepted && at < input.size(); at += piece)
    accepted = decompressor->write(input.substr(at, piece)).has_value();
  accepted = accepted && decompressor->finish().has_value();
  return {accepted, sink.take()};
}

}  // namespace

// Both decompressors on any bytes, with the same answer however the input is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const auto compression : {archive::Compression::kGzip, archive::Compression::kZstd}) {
    const Outcome whole = decompress(compression, input, size + 1);
    const Outcome cut = decompress(compression, input, 5);
    if (whole.accepted != cut.accepted) std::abort();
    if (whole.accepted && whole.output != cut.output) std::abort();
    if (whole.output.size() > kLimit) std::abort();
  }
  return 0;
}
