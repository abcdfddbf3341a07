#include <sealift/crypto/certificate.h>
#include <sealift/crypto/certificate_path.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/signed_certificate_timestamp.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

// What is accepted is DER, keeps its bytes, and has one fingerprint. Reading everything that it
// says, and looking for its path, must end well whatever it says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::crypto;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto certificate = Certificate::from_der(bytes, "input");
  if (!certificate) return 0;
  if (certificate->der() != bytes || !is_der(bytes)) std::abort();
  const auto again = Certificate::from_pem(certificate->to_pem(), "output");
  if (!again || again->fingerprint() != certificate->fingerprint()) std::abort();
  (void)certificate->subject();
  (void)certificate->issuer();
  (void)certificate->serial_number();
  (void)verify_certificate_path(*certificate, {*certificate}, {*certificate},
                                certificate->not_before(), kCodeSigningUsage);
  const auto* timestamps = certificate->extension(kCertificateTimestampsExtension);
  const auto tbs = precertificate_tbs(*certificate);
  if (tbs.has_value() != (timestamps != nullptr)) std::abort();
  if (tbs && (!is_der(*tbs) || tbs->size() >= bytes.size())) std::abort();
  return 0;
}
