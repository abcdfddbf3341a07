#include <sealift/base/encoding.h>
#include <sealift/crypto/timestamp_token.h>

#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <algorithm>
#include <array>

#include "certificate_impl.h"
#include "evp_key.h"
#include "timestamp_cms.h"

namespace sealift::crypto {
namespace {

using Outcome = tl::expected<void, TimestampRefusal>;

constexpr int kSingleAttribute = -3;  // CMS_signed_get0_data_by_OBJ(): once, with one value

tl::unexpected<TimestampRefusal> refuse(TimestampFault fault, std::string message) {
  return tl::unexpected<TimestampRefusal>({fault, std::move(message)});
}

Outcome check_imprint(const TimestampToken& token, std::string_view signed_bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  const EVP_MD* algorithm = EVP_get_digestbyname(token.hash_algorithm().c_str());
  const bool hashed = EVP_Digest(signed_bytes.data(), signed_bytes.size(), hash.data(), &size,
                                 algorithm, nullptr) == 1;
  if (!hashed || token.imprint() != std::string_view(reinterpret_cast<char*>(hash.data()), size)) {
    return refuse(TimestampFault::kImprint,
                  "the time stamp was made for other bytes: it holds the hash " +
                      hex_encode(token.imprint()));
  }
  return {};
}

// The certificates that the token brings along, but those that are known anyhow.
tl::expected<std::vector<Certificate>, TimestampRefusal> embedded_certificates(
    CMS_ContentInfo* cms, const std::vector<Certificate>& known) {
  const OpensslHandle<stack_st_X509> stack(CMS_get1_certs(cms));
  std::vector<Certificate> certificates;
  const int count = stack ? sk_X509_num(stack.get()) : 0;
  if (count > static_cast<int>(kMaxTimestampCertificates)) {
    return refuse(TimestampFault::kMalformed, "the time stamp brings more than " +
                                                  std::to_string(kMaxTimestampCertificates) +
                                                  " certificates");
  }
  for (int i = 0; i < count; ++i) {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(sk_X509_value(stack.get(), i), &bytes);
    const std::string der(reinterpret_cast<char*>(bytes),
                          size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(bytes);
    const bool is_known = std::any_of(known.begin(), known.end(),
                                      [&](const auto& each) { return each.der() == der; });
    if (is_known) continue;
    auto certificate = Certificate::from_der(der, "a certificate in the time stamp");
    if (!certificate) {
      return refuse(TimestampFault::kMalformed, certificate.error().message());
    }
    certificates.push_back(std::move(*certificate));
  }
  return certificates;
}

// The value of an attribute that the signer signed; null where it is not there exactly once.
template <typename T, typename Parse>
OpensslHandle<T> signed_attribute(CMS_SignerInfo* signer, int nid, Parse parse) {
  const auto* value = static_cast<const ASN1_STRING*>(
      CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(nid), kSingleAttribute, V_ASN1_SEQUENCE));
  if (value == nullptr) return nullptr;
  const unsigned char* at = ASN1_STRING_get0_data(value);
  return OpensslHandle<T>(parse(nullptr, &at, ASN1_STRING_length(value)));
}

// RFC 5816: the hash of its certificate is among what the signer signed.
bool names_certificate(CMS_SignerInfo* signer, const Certificate& certificate) {
  const auto v1 = signed_attribute<ESS_signing_cert>(signer, NID_id_smime_aa_signingCertificate,
                                                     d2i_ESS_SIGNING_CERT);
  const auto v2 = signed_attribute<ESS_signing_cert_v2_st>(
      signer, NID_id_smime_aa_signingCertificateV2, d2i_ESS_SIGNING_CERT_V2);
  const OpensslHandle<stack_st_X509> chain(sk_X509_new_null());
  constexpr int kRequired = 1;
  return chain && X509_add_cert(chain.get(), x509_of(certificate), X509_ADD_FLAG_UP_REF) == 1 &&
         OSSL_ESS_check_signing_certs(v1.get(), v2.get(), chain.get(), kRequired) == 1;
}

std::string_view bytes_of(const X509_NAME* name) {
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  X509_NAME_get0_der(name, &bytes, &size);
  return {reinterpret_cast<const char*>(bytes), size};
}

// The certificate's issuer and number, or its key identifier. OpenSSL would take names that differ
// in letter case for the same.
bool identifies(CMS_SignerInfo* signer, const Certificate& certificate) {
  X509_NAME* issuer = nullptr;
  CMS_SignerInfo_get0_signer_id(signer, nullptr, &issuer, nullptr);
  return CMS_SignerInfo_cert_cmp(signer, x509_of(certificate)) == 0 &&
         (issuer == nullptr ||
          bytes_of(issuer) == bytes_of(X509_get_issuer_name(x509_of(certificate))));
}

tl::expected<Certificate, TimestampRefusal> find_signer(
    CMS_SignerInfo* signer, const std::vector<Certificate>& candidates) {
  const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const auto& candidate) {
    return identifies(signer, candidate);
  });
  if (found == candidates.end()) {
    return refuse(TimestampFault::kSigner,
                  "the certificate that made the time stamp is neither in it nor known; give the "
                  "time stamp authority's own certificate as well");
  }
  if (!names_certificate(signer, *found)) {
    return refuse(TimestampFault::kSigner,
                  "the time stamp names another certificate (ESSCertID) than \"" +
                      printable(found->subject()) + "\", which is said to have made it");
  }
  return *found;
}

Outcome check_usage(const Certificate& signer) {
  const auto* extension = signer.extension(kExtendedKeyUsageExtension);
  const bool alone =
      signer.extended_key_usages().size() == 1 && signer.has_extended_key_usage(kTimeStampingUsage);
  if (extension == nullptr || !extension->critical || !alone) {
    return refuse(TimestampFault::kUsage, "the certificate \"" + printable(signer.subject()) +
                                              "\" is not for time stamps alone: that must be its "
                                              "only extended key usage, and a critical one");
  }
  return {};
}

int algorithm_of(const X509_ALGOR* identifier) {
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, identifier);
  return OBJ_obj2nid(algorithm);
}

// A strong hash, and a signature algorithm that goes with it, which OpenSSL does not compare.
bool are_algorithms_sound(CMS_SignerInfo* signer) {
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* signature = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &signature);
  const int hash = algorithm_of(digest);
  const bool strong = hash == NID_sha256 || hash == NID_sha384 || hash == NID_sha512;
  const int scheme = algorithm_of(signature);
  // RSA and Ed25519 may be named without a hash (RFC 3370, section 3.2; RFC 8419, section 3).
  if (scheme == NID_rsaEncryption || scheme == NID_ED25519) return strong;
  int scheme_hash = NID_undef;
  return strong && OBJ_find_sigid_algs(scheme, &scheme_hash, nullptr) == 1 && scheme_hash == hash;
}

// RFC 5652, section 5.3: the signed content type is that of the content.
bool signs_content_type(CMS_SignerInfo* signer) {
  const auto* type = static_cast<const ASN1_OBJECT*>(CMS_signed_get0_data_by_OBJ(
      signer, OBJ_nid2obj(NID_pkcs9_contentType), kSingleAttribute, V_ASN1_OBJECT));
  return type != nullptr && OBJ_obj2nid(type) == NID_id_smime_ct_TSTInfo;
}

Outcome check_signature(CMS_ContentInfo* cms, const Certificate& signer) {
  const OpensslHandle<stack_st_X509> signers(sk_X509_new_null());
  // The path is checked by verify_certificate_path(), at the right time.
  constexpr unsigned int kFlags = CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN | CMS_NOCRL | CMS_BINARY;
  const bool good = signers &&
                    X509_add_cert(signers.get(), x509_of(signer), X509_ADD_FLAG_UP_REF) == 1 &&
                    are_algorithms_sound(signer_of(cms)) && signs_content_type(signer_of(cms)) &&
                    CMS_verify(cms, signers.get(), nullptr, nullptr, nullptr, kFlags) == 1;
  if (!good) {
    return refuse(TimestampFault::kSignature,
                  "the time stamp's signature does not fit the certificate \"" +
                      printable(signer.subject()) + "\", or its hash is weak");
  }
  return {};
}

}  // namespace

tl::expected<VerifiedTimestamp, TimestampRefusal> TimestampToken::verify(
    std::string_view signed_bytes, const std::vector<Certificate>& certificates,
    const std::vector<Certificate>& anchors, const KnownIssuances* issuances) const {
  const OpensslErrorScope errors;
  if (const auto good = check_imprint(*this, signed_bytes); !good) {
    return tl::unexpected(good.error());
  }
  // Read anew each time, because OpenSSL writes into the message while it verifies.
  const auto cms = read_timestamp_cms(cms_);
  if (!cms) return refuse(TimestampFault::kMalformed, "the time stamp cannot be read again");
  auto embedded = embedded_certificates(cms.get(), certificates);
  if (!embedded) return tl::unexpected(std::move(embedded).error());
  std::vector<Certificate> known = std::move(*embedded);
  known.insert(known.end(), certificates.begin(), certificates.end());
  std::vector<Certificate> candidates = known;
  candidates.insert(candidates.end(), anchors.begin(), anchors.end());
  const auto signer = find_signer(signer_of(cms.get()), candidates);
  if (!signer) return tl::unexpected(signer.error());
  if (const auto good = check_usage(*signer); !good) return tl::unexpected(good.error());
  std::erase(known, *signer);
  auto path =
      verify_certificate_path(*signer, known, anchors, time_, kTimeStampingUsage, issuances);
  if (!path) {
    return tl::unexpected<TimestampRefusal>(
        {TimestampFault::kPath, "time stamp: " + path.error().message, path.error().fault});
  }
  if (const auto good = check_signature(cms.get(), *signer); !good) {
    return tl::unexpected(good.error());
  }
  return VerifiedTimestamp{time_, serial_number_, policy_, std::move(*path)};
}

}  // namespace sealift::crypto
