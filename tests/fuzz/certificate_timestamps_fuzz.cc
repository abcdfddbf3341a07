#include <sealift/crypto/signed_certificate_timestamp.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift::crypto;
  const auto timestamps = parse_certificate_timestamps({reinterpret_cast<const char*>(data), size});
  if (!timestamps) return 0;
  if (timestamps->empty() || timestamps->size() > kMaxCertificateTimestamps) std::abort();
  for (const auto& timestamp : *timestamps) {
    if (timestamp.log_id.size() != 32 || timestamp.time.time_since_epoch().count() < 0) {
      std::abort();
    }
  }
  return 0;
}
