#include "tbs_certificate.h"

namespace sealift::crypto {
namespace {

// version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
constexpr std::size_t kPublicKeyInfo = 6;

}  // namespace

Result<TbsCertificate> read_tbs_certificate(std::string_view certificate_der) {
  SEALIFT_ASSIGN(const auto certificate, read_single_der(certificate_der, kDerSequence));
  DerReader parts(certificate.content);
  SEALIFT_ASSIGN(const auto tbs, parts.next(kDerSequence));
  TbsCertificate result;
  DerReader fields(tbs.content);
  while (!fields.empty()) {
    SEALIFT_ASSIGN(const auto field, fields.next());
    result.elements.push_back(field);
  }
  if (result.elements.size() <= kPublicKeyInfo || result.elements.front().tag != kTbsVersion ||
      result.elements[kPublicKeyInfo].tag != kDerSequence) {
    return fail(ErrorCode::kInvalidInput, "is not a certificate of version 3");
  }
  result.public_key_info = result.elements[kPublicKeyInfo].encoded;
  return result;
}

}  // namespace sealift::crypto
