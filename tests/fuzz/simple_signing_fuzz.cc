#include <sealift/sigstore/simple_signing.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// What is accepted must name the same digest and reference after we wrote it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::sigstore;
  const auto payload = parse_simple_signing({reinterpret_cast<const char*>(data), size}, "input");
  if (!payload) return 0;
  const auto again = parse_simple_signing(
      serialize_simple_signing(payload->docker_reference, payload->digest), "output");
  if (!again || again->digest != payload->digest ||
      again->docker_reference != payload->docker_reference) {
    std::abort();
  }
  return 0;
}
