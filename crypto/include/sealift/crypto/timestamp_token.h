#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/certificate_path.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::crypto {

inline constexpr std::size_t kMaxTimestampBytes = 64u << 10;
// That a token may bring along.
inline constexpr std::size_t kMaxTimestampCertificates = 8;

// Why a time stamp is not believed. One value for each rule.
enum class TimestampFault {
  kMalformed,   // not a TimeStampResp or TimeStampToken with one signer, or an unknown hash
  kNotGranted,  // the authority's answer is a refusal
  kImprint,     // it was made for other bytes
  kSigner,      // the signer's certificate is not there, or not the one that the token names
  kUsage,       // that certificate is not for time stamps alone (RFC 3161, section 2.3)
  kPath,        // it has no valid path to an anchor at that time
  kSignature,   // the CMS signature does not fit
};
std::string_view to_string(TimestampFault fault);  // "imprint", …

struct TimestampRefusal {
  TimestampFault fault = TimestampFault::kMalformed;
  std::string message;
  std::optional<PathFault> path = std::nullopt;  // with kPath: why
};

struct VerifiedTimestamp {
  Timestamp time;             // genTime, cut to the second
  std::string serial_number;  // hexadecimal, lower case, without leading zeros
  std::string policy;         // dotted OID
  CertificatePath path;       // from the authority's own certificate to the anchor
};

// A time stamp of RFC 3161, read and not yet believed.
class TimestampToken {
 public:
  // A TimeStampResp in DER; the status must be granted or grantedWithMods.
  static tl::expected<TimestampToken, TimestampRefusal> from_response(std::string_view der);
  // The TimeStampToken alone, a CMS SignedData in DER.
  static tl::expected<TimestampToken, TimestampRefusal> from_token(std::string_view der);

  // What it says; proven only by verify().
  Timestamp claimed_time() const { return time_; }
  const std::string& hash_algorithm() const { return hash_; }  // "SHA256", "SHA384", "SHA512"
  const std::string& imprint() const { return imprint_; }      // the hash as bytes

  // Checks the imprint of `signed_bytes`; that exactly one certificate made the token and the token
  // names that certificate (ESSCertID or ESSCertIDv2, RFC 5816); that its extKeyUsage is critical
  // and timeStamping alone; its path at the token's time; the CMS signature. `certificates` are
  // those that the caller knows of the authority, its own one among them where tokens do not bring
  // it; `known` is as for verify_certificate_path().
  tl::expected<VerifiedTimestamp, TimestampRefusal> verify(
      std::string_view signed_bytes, const std::vector<Certificate>& certificates,
      const std::vector<Certificate>& anchors, const KnownIssuances* known = nullptr) const;

 private:
  TimestampToken() = default;
  std::string cms_;
  Timestamp time_;
  std::string hash_;
  std::string imprint_;
  std::string serial_number_;
  std::string policy_;
};

}  // namespace sealift::crypto
