#include "timestamp_cms.h"

#include <sealift/crypto/der.h>

#include <openssl/cms.h>
#include <openssl/objects.h>
#include <set>

#include "evp_key.h"

namespace sealift::crypto {
namespace {

constexpr std::uint8_t kContent = 0xa0;       // [0] EXPLICIT, of ContentInfo
constexpr std::uint8_t kCertificates = 0xa0;  // [0] IMPLICIT, of SignedData
constexpr std::uint8_t kSignedAttributes = 0xa0;
constexpr std::string_view kSignedDataVersion = "\3";
constexpr std::string_view kVersionByIssuer = "\1";
constexpr std::string_view kVersionByKeyIdentifier = "\3";

// An algorithm of those in use here, none of which has parameters: they are absent or NULL (RFC
// 5754, RFC 8419). OpenSSL passes over what else stands there, and nobody has signed it.
Result<> check_algorithm(const DerElement& algorithm) {
  DerReader parts(algorithm.content);
  SEALIFT_TRY(parts.next(kDerObjectIdentifier));
  if (parts.has(kDerNull)) SEALIFT_TRY(parts.next());
  if (!parts.empty()) {
    return fail(ErrorCode::kInvalidInput, "has an algorithm with parameters");
  }
  return {};
}

// digestAlgorithms: each once.
Result<> check_digest_algorithms(std::string_view set) {
  std::set<std::string_view> seen;
  for (DerReader elements(set); !elements.empty();) {
    SEALIFT_ASSIGN(const auto algorithm, elements.next(kDerSequence));
    SEALIFT_TRY(check_algorithm(algorithm));
    if (!seen.insert(algorithm.encoded).second) {
      return fail(ErrorCode::kInvalidInput, "names a hash twice");
    }
  }
  return {};
}

Result<> check_signer(std::string_view signer_info) {
  DerReader fields(signer_info);
  SEALIFT_ASSIGN(const auto version, fields.next(kDerInteger));
  SEALIFT_ASSIGN(const auto identifier, fields.next());
  SEALIFT_ASSIGN(const auto digest, fields.next(kDerSequence));
  SEALIFT_TRY(check_algorithm(digest));
  SEALIFT_TRY(fields.next(kSignedAttributes));
  SEALIFT_ASSIGN(const auto signature, fields.next(kDerSequence));
  SEALIFT_TRY(check_algorithm(signature));
  SEALIFT_TRY(fields.next(kDerOctetString));
  const bool by_issuer = identifier.tag == kDerSequence;
  if (!fields.empty() ||
      version.content != (by_issuer ? kVersionByIssuer : kVersionByKeyIdentifier)) {
    return fail(ErrorCode::kInvalidInput, "is not the SignerInfo of a time stamp");
  }
  return {};
}

// What OpenSSL reads and does not look at (RFC 5652, sections 5.1 and 5.3): the versions; one
// signer, who signed attributes; neither revocation lists nor attributes that nobody signed.
Result<> check_form(std::string_view der) {
  SEALIFT_ASSIGN(const auto info, read_single_der(der, kDerSequence));
  DerReader parts(info.content);
  SEALIFT_TRY(parts.next(kDerObjectIdentifier));
  SEALIFT_ASSIGN(const auto content, parts.next(kContent));
  SEALIFT_ASSIGN(const auto signed_data, read_single_der(content.content, kDerSequence));
  DerReader fields(signed_data.content);
  SEALIFT_ASSIGN(const auto version, fields.next(kDerInteger));
  if (version.content != kSignedDataVersion) {
    return fail(ErrorCode::kInvalidInput, "is not SignedData of version 3");
  }
  SEALIFT_ASSIGN(const auto digest_algorithms, fields.next(kDerSet));
  SEALIFT_TRY(check_digest_algorithms(digest_algorithms.content));
  SEALIFT_TRY(fields.next(kDerSequence));  // encapContentInfo
  if (fields.has(kCertificates)) SEALIFT_TRY(fields.next());
  SEALIFT_ASSIGN(const auto signers, fields.next(kDerSet));
  SEALIFT_ASSIGN(const auto signer, read_single_der(signers.content, kDerSequence));
  return check_signer(signer.content);
}

}  // namespace

OpensslHandle<CMS_ContentInfo_st> read_timestamp_cms(std::string_view der) {
  if (!is_der(der) || !check_form(der)) return nullptr;
  const OpensslErrorScope errors;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  OpensslHandle<CMS_ContentInfo_st> cms(
      d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(der.size())));
  if (!cms || OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed ||
      OBJ_obj2nid(CMS_get0_eContentType(cms.get())) != NID_id_smime_ct_TSTInfo ||
      sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms.get())) != 1 ||
      CMS_signed_get_attr_count(signer_of(cms.get())) < 1 || timestamp_info_of(cms.get()).empty()) {
    return nullptr;
  }
  return cms;
}

CMS_SignerInfo_st* signer_of(CMS_ContentInfo_st* cms) {
  return sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
}

std::string_view timestamp_info_of(CMS_ContentInfo_st* cms) {
  ASN1_OCTET_STRING** content = CMS_get0_content(cms);
  if (content == nullptr || *content == nullptr) return {};
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(*content)),
          static_cast<std::size_t>(ASN1_STRING_length(*content))};
}

}  // namespace sealift::crypto
