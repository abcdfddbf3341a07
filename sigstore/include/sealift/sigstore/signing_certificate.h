#pragma once

#include <sealift/base/clock.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/certificate_path.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/trusted_root.h>

#include <vector>

namespace sealift::sigstore {

// The way from a signer's certificate to an authority of the trusted root.
struct ProvenCertificate {
  const TrustedAuthority* authority = nullptr;  // in the trusted root that was given
  crypto::CertificatePath path;                 // from the signer to the anchor
};

// Checks that `leaf` may sign code and leads to one authority that is trusted, at each of `times`
// (at least one). `brought` are certificates of issuers that came with it, believed only as far as
// they lead there. kCertificateExpired, kKeyUsage, kCertificateChain; kCertificateAuthority where
// the root trusts the authority at other times.
Verdict<ProvenCertificate> verify_signing_certificate(
    const crypto::Certificate& leaf, const std::vector<crypto::Certificate>& brought,
    const std::vector<Timestamp>& times, const TrustedRoot& root);

// Checks the promises of Certificate Transparency logs that the certificate holds (RFC 6962,
// section 3.3); returns the logs whose promises hold, at least one. Promises of logs that the
// trusted root does not know are passed over; one of a known log that does not hold refuses.
// kSctMissing, kSctMalformed, kSctLogUnknown, kSctLogKeyNotValid, kSctSignature.
Verdict<std::vector<const TrustedLog*>> verify_certificate_transparency(
    const crypto::CertificatePath& path, const TrustedRoot& root);

}  // namespace sealift::sigstore
