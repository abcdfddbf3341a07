#include "support/timestamp_builder.h"

#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <cstdlib>

namespace sealift::test {
namespace {

template <typename T>
using Handle = std::unique_ptr<T, void (*)(T*)>;

void require(bool ok) {
  if (!ok) std::abort();
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Handle<X509> parse(const std::string& der) {
  const unsigned char* at = bytes_of(der);
  return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free};
}

std::string element(int tag, const std::string& content) {
  const int size = static_cast<int>(content.size());
  std::string out(static_cast<std::size_t>(ASN1_object_size(0, size, tag & 0x1f)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  ASN1_put_object(&at, tag >> 5 & 1, size, tag & 0x1f, tag & 0xc0);
  const auto header = static_cast<std::size_t>(at - reinterpret_cast<unsigned char*>(out.data()));
  return out.substr(0, header) + content;
}

std::string oid(const std::string& dotted) {
  const Handle<ASN1_OBJECT> object(OBJ_txt2obj(dotted.c_str(), 1), ASN1_OBJECT_free);
  require(object != nullptr);
  return element(
      0x06, {reinterpret_cast<const char*>(OBJ_get0_data(object.get())), OBJ_length(object.get())});
}

std::string hash_of(const std::string& message, const std::string& name) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  require(EVP_Digest(message.data(), message.size(), hash, &size,
                     EVP_get_digestbyname(name.c_str()), nullptr) == 1);
  return {reinterpret_cast<char*>(hash), size};
}

std::string dotted_of(const std::string& hash) {
  char text[64];
  OBJ_obj2txt(text, sizeof text, OBJ_nid2obj(OBJ_txt2nid(hash.c_str())), 1);
  return text;
}

std::string timestamp_info(const TimestampDraft& draft) {
  const std::string imprint =
      draft.imprint.empty() ? hash_of(draft.message, draft.hash) : draft.imprint;
  const std::string algorithm = element(0x30, oid(dotted_of(draft.hash)) + element(0x05, ""));
  return element(0x30, element(0x02, std::string(1, static_cast<char>(draft.version))) +
                           oid("1.3.6.1.4.1.57264.2") +
                           element(0x30, algorithm + element(0x04, imprint)) +
                           element(0x02, "\x0a\xbc") + element(0x18, draft.time) + draft.extension);
}

std::string certificate_name(const IssuedCertificate& certificate) {
  const auto x509 = parse(certificate.der);
  const Handle<ESS_SIGNING_CERT_V2> name(
      OSSL_ESS_signing_cert_v2_new_init(EVP_sha256(), x509.get(), nullptr, 1),
      ESS_SIGNING_CERT_V2_free);
  unsigned char* bytes = nullptr;
  const int size = i2d_ESS_SIGNING_CERT_V2(name.get(), &bytes);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

void add_signer(CMS_ContentInfo* cms, const TimestampDraft& draft,
                const IssuedCertificate& signer) {
  const auto x509 = parse(signer.der);
  const unsigned int flags =
      CMS_BINARY | CMS_PARTIAL | (draft.embeds_certificate ? 0u : unsigned{CMS_NOCERTS});
  CMS_SignerInfo* info = CMS_add1_signer(cms, x509.get(), signer.key.get(),
                                         EVP_get_digestbyname(draft.signer_hash.c_str()), flags);
  require(info != nullptr);
  if (!draft.names_certificate) return;
  const std::string name = certificate_name(draft.named == nullptr ? signer : *draft.named);
  require(CMS_signed_add1_attr_by_NID(info, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE,
                                      name.data(), static_cast<int>(name.size())) == 1);
}

}  // namespace

std::string timestamp_token(const TimestampDraft& draft, const IssuedCertificate& signer) {
  const Handle<CMS_ContentInfo> cms(
      CMS_sign(nullptr, nullptr, nullptr, nullptr, CMS_PARTIAL | CMS_BINARY), CMS_ContentInfo_free);
  const Handle<ASN1_OBJECT> type(OBJ_txt2obj(draft.content_type.c_str(), 1), ASN1_OBJECT_free);
  require(cms != nullptr && CMS_set1_eContentType(cms.get(), type.get()) == 1);
  add_signer(cms.get(), draft, signer);
  for (const auto& further : draft.further_signers) add_signer(cms.get(), draft, further);
  const std::string info = timestamp_info(draft);
  const std::unique_ptr<BIO, int (*)(BIO*)> content(
      BIO_new_mem_buf(info.data(), static_cast<int>(info.size())), BIO_free);
  require(CMS_final(cms.get(), content.get(), nullptr, CMS_BINARY) == 1);
  unsigned char* bytes = nullptr;
  const int size = i2d_CMS_ContentInfo(cms.get(), &bytes);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

std::string timestamp_response(const std::string& token, int status) {
  const std::string number = element(0x02, std::string(1, static_cast<char>(status)));
  return element(0x30, element(0x30, number) + token);
}

CertificateDraft timestamp_authority_draft() {
  CertificateDraft draft = leaf_draft("critical,timeStamping");
  draft.subject = "time stamps";
  return draft;
}

}  // namespace sealift::test
