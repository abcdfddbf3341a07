#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/known_issuances.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::crypto {

// Certificates in a path, both ends included; as many intermediates are looked at.
inline constexpr std::size_t kMaxPathLength = 10;
inline constexpr std::size_t kMaxAnchors = 64;

// Why a certificate is not believed. One value for each rule.
enum class PathFault {
  kTooMany,          // more candidates than the limits above
  kNotYetValid,      // a certificate of the path begins later
  kExpired,          // a certificate of the path ended earlier
  kWrongUsage,       // keyUsage or extKeyUsage, of the leaf or of who issued it
  kNotAnAuthority,   // an issuer that may not issue certificates, or not that deep
  kUnknownIssuer,    // no path leads to an anchor
  kBadSignature,     // an issuer's key did not make the signature
  kWeakAlgorithm,    // less than 112 bits of strength: SHA-1, RSA below 2048
  kNameConstraint,   // a name that the issuer may not vouch for
  kUnknownCritical,  // a critical extension that nobody here understands
  kOther,            // anything else that OpenSSL refuses
};
std::string_view to_string(PathFault fault);  // "expired", …

struct PathRefusal {
  PathFault fault = PathFault::kOther;
  std::string message;
};

// From the leaf to an anchor, both included.
using CertificatePath = std::vector<Certificate>;

// Validates a path (RFC 5280, section 6) at a time: signatures, issuers, path length and name
// constraints by OpenSSL; validity with both ends included; the leaf may sign and has
// `required_usage` (a dotted OID) itself, and each issuer that restricts its usage includes it.
// An anchor is believed because the caller gives it, whether it signed itself or not, and is held
// to the same rules. The machine's own store of authorities and its clock play no part. Signatures
// between certificates that `known` holds as a pair are not verified again; null: all are.
tl::expected<CertificatePath, PathRefusal> verify_certificate_path(
    const Certificate& leaf, const std::vector<Certificate>& intermediates,
    const std::vector<Certificate>& anchors, Timestamp at, std::string_view required_usage,
    const KnownIssuances* known = nullptr);

}  // namespace sealift::crypto
