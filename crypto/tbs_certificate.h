#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/der.h>

#include <string_view>
#include <vector>

namespace sealift::crypto {

// The signed part of a certificate, TBSCertificate (RFC 5280, section 4.1), in its elements, as
// they stand in the certificate's bytes.
struct TbsCertificate {
  std::vector<DerElement> elements;  // all of them, in order, from the version on
  std::string_view public_key_info;  // subjectPublicKeyInfo
};

// kInvalidInput where `certificate_der` has another shape. The views are into it.
Result<TbsCertificate> read_tbs_certificate(std::string_view certificate_der);

inline constexpr std::uint8_t kTbsVersion = 0xa0;     // [0] EXPLICIT
inline constexpr std::uint8_t kTbsExtensions = 0xa3;  // [3] EXPLICIT

}  // namespace sealift::crypto
