#include <sealift/base/encoding.h>
#include <sealift/sigstore/certificate_identity.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// Whoever is named by a certificate has a name that can be compared and printed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  const auto certificate =
      crypto::Certificate::from_der({reinterpret_cast<const char*>(data), size}, "input");
  if (!certificate) return 0;
  const auto identity = sigstore::read_certificate_identity(*certificate);
  if (!identity) return 0;
  if (identity->name.value.empty() || !is_utf8(identity->name.value)) std::abort();
  for (const auto& [claim, text] : identity->claims) {
    if (text.size() > sigstore::kMaxClaimBytes || !is_utf8(text)) std::abort();
    if (sigstore::parse_claim(sigstore::to_string(claim)) != claim) std::abort();
  }
  return 0;
}
