#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/keys.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::crypto {

inline constexpr std::size_t kMaxCertificateTimestamps = 16;
inline constexpr std::string_view kCertificateTimestampsExtension = "1.3.6.1.4.1.11129.2.4.2";

// A log's promise that it holds a certificate: SCT of version 1 (RFC 6962, section 3.2).
struct SignedCertificateTimestamp {
  enum class Algorithm { kEcdsaSha256, kRsaSha256 };

  std::string log_id;  // 32 bytes: SHA-256 of the log's SubjectPublicKeyInfo
  std::chrono::sys_time<std::chrono::milliseconds> time;
  std::string extensions;  // of the log's own, signed with the rest
  Algorithm algorithm = Algorithm::kEcdsaSha256;
  std::string signature;

  bool operator==(const SignedCertificateTimestamp&) const = default;
};

// The list that the extension kCertificateTimestampsExtension holds: a DER OCTET STRING around the
// TLS encoding of RFC 6962, section 3.3. kInvalidInput: another version or algorithm, an empty
// list, more than kMaxCertificateTimestamps, bytes left over, a log twice at the same time.
Result<std::vector<SignedCertificateTimestamp>> parse_certificate_timestamps(
    std::string_view extension_value);

// The TBSCertificate of the precertificate, as the log saw it: that of `leaf` without the extension
// that holds the SCTs, every other byte as it stands there (RFC 6962, section 3.2). kInvalidInput
// where `leaf` has no such extension.
Result<std::string> precertificate_tbs(const Certificate& leaf);

// What the log signed: the digitally-signed struct of RFC 6962, section 3.2, for an entry of the
// type precert_entry. `issuer` is the certificate that signed `leaf`. kInvalidInput as above.
Result<std::string> certificate_timestamp_message(const SignedCertificateTimestamp& timestamp,
                                                  const Certificate& leaf,
                                                  const Certificate& issuer);

// kUntrusted where `log` did not make the signature over that message: another key than log_id
// names, of another type than the algorithm says, or other bytes. kInvalidInput as above.
Result<> verify_certificate_timestamp(const SignedCertificateTimestamp& timestamp,
                                      const Certificate& leaf, const Certificate& issuer,
                                      const PublicKey& log);

}  // namespace sealift::crypto
