#include <sealift/sigstore/bundle.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// A bundle of a key that is accepted must read the same after we wrote it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::sigstore;
  const auto bundle = parse_bundle({reinterpret_cast<const char*>(data), size}, "input");
  if (!bundle || bundle->envelope() == nullptr || bundle->certificate() != nullptr) return 0;
  const auto again =
      parse_bundle(serialize_bundle(bundle->key_hint, *bundle->envelope()), "output");
  // Text may grow when it is written again, but only within the limit it must come back.
  if (!again) return size < kMaxSignatureBytes / 2 ? (std::abort(), 0) : 0;
  if (again->key_hint != bundle->key_hint || !(*again->envelope() == *bundle->envelope())) {
    std::abort();
  }
  return 0;
}
