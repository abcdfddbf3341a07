#include "support/certificate_builder.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdlib>

namespace sealift::test {
namespace {

template <typename T>
using Handle = std::unique_ptr<T, void (*)(T*)>;

void require(bool ok) {
  if (!ok) std::abort();
}

Handle<X509> parse(const std::string& der) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return {d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free};
}

void set_serial(X509* x509, const std::string& decimal) {
  BIGNUM* number = nullptr;
  require(BN_dec2bn(&number, decimal.c_str()) > 0);
  require(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509)) != nullptr);
  BN_free(number);
}

void set_times(X509* x509, const CertificateDraft& draft) {
  require(ASN1_TIME_set(X509_getm_notBefore(x509), draft.not_before.time_since_epoch().count()) !=
          nullptr);
  require(ASN1_TIME_set(X509_getm_notAfter(x509), draft.not_after.time_since_epoch().count()) !=
          nullptr);
}

void set_subject(X509* x509, const std::string& name) {
  if (name.empty()) return;
  require(X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                                     reinterpret_cast<const unsigned char*>(name.data()),
                                     static_cast<int>(name.size()), -1, 0) == 1);
}

void add_extensions(X509* x509, X509* issuer, const CertificateDraft& draft) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  for (const auto& [name, value] : draft.extensions) {
    const Handle<X509_EXTENSION> extension(
        X509V3_EXT_conf(nullptr, &context, name.c_str(), value.c_str()), X509_EXTENSION_free);
    require(extension != nullptr && X509_add_ext(x509, extension.get(), -1) == 1);
  }
  for (const auto& raw : draft.raw_extensions) {
    const Handle<ASN1_OBJECT> oid(OBJ_txt2obj(raw.oid.c_str(), 1), ASN1_OBJECT_free);
    const Handle<ASN1_OCTET_STRING> value(ASN1_OCTET_STRING_new(), ASN1_OCTET_STRING_free);
    require(ASN1_OCTET_STRING_set(value.get(),
                                  reinterpret_cast<const unsigned char*>(raw.value.data()),
                                  static_cast<int>(raw.value.size())) == 1);
    const Handle<X509_EXTENSION> extension(
        X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), raw.critical ? 1 : 0, value.get()),
        X509_EXTENSION_free);
    require(extension != nullptr && X509_add_ext(x509, extension.get(), -1) == 1);
  }
}

IssuedCertificate build(const CertificateDraft& draft, TestKey key, X509* issuer,
                        evp_pkey_st* issuer_key) {
  const Handle<X509> x509(X509_new(), X509_free);
  X509* signer = issuer == nullptr ? x509.get() : issuer;
  require(X509_set_version(x509.get(), draft.version - 1) == 1);
  set_serial(x509.get(), draft.serial);
  set_times(x509.get(), draft);
  set_subject(x509.get(), draft.subject);
  require(X509_set_issuer_name(x509.get(), X509_get_subject_name(signer)) == 1);
  require(X509_set_pubkey(x509.get(), key.get()) == 1);
  add_extensions(x509.get(), signer, draft);
  const bool hashes_itself = EVP_PKEY_get_base_id(issuer_key) == EVP_PKEY_ED25519;
  const EVP_MD* hash = hashes_itself ? nullptr : EVP_get_digestbyname(draft.hash.c_str());
  require(X509_sign(x509.get(), issuer_key, hash) > 0);
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(x509.get(), &bytes);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return {std::move(der), std::move(key)};
}

}  // namespace

TestKey::TestKey(evp_pkey_st* key) : key_(key, EVP_PKEY_free) { require(key != nullptr); }
TestKey TestKey::ec(const std::string& curve) { return TestKey(EVP_EC_gen(curve.c_str())); }
TestKey TestKey::rsa(std::size_t bits) { return TestKey(EVP_RSA_gen(bits)); }
TestKey TestKey::ed25519() { return TestKey(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")); }

std::string TestKey::public_der() const {
  unsigned char* bytes = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &bytes);
  std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

std::string TestKey::sign(const std::string& message, const std::string& hash) const {
  const Handle<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const bool hashes_itself = EVP_PKEY_get_base_id(key_.get()) == EVP_PKEY_ED25519;
  const EVP_MD* algorithm = hashes_itself ? nullptr : EVP_get_digestbyname(hash.c_str());
  const auto* begin = reinterpret_cast<const unsigned char*>(message.data());
  require(EVP_DigestSignInit(context.get(), nullptr, algorithm, nullptr, key_.get()) == 1);
  std::size_t size = 0;
  require(EVP_DigestSign(context.get(), nullptr, &size, begin, message.size()) == 1);
  std::string signature(size, '\0');
  require(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                         begin, message.size()) == 1);
  signature.resize(size);
  return signature;
}

CertificateDraft authority_draft(const std::string& name) {
  return {.subject = name,
          .extensions = {{"basicConstraints", "critical,CA:TRUE"},
                         {"keyUsage", "critical,keyCertSign,cRLSign"},
                         {"subjectKeyIdentifier", "hash"}}};
}

CertificateDraft leaf_draft(const std::string& usage) {
  return {.extensions = {{"keyUsage", "critical,digitalSignature"},
                         {"extendedKeyUsage", usage},
                         {"subjectAltName", "URI:https://example.com/ada"}}};
}

IssuedCertificate self_signed(const CertificateDraft& draft, TestKey key) {
  evp_pkey_st* signer = key.get();
  return build(draft, std::move(key), nullptr, signer);
}

IssuedCertificate issue(const IssuedCertificate& issuer, const CertificateDraft& draft,
                        TestKey key) {
  const auto x509 = parse(issuer.der);
  require(x509 != nullptr);
  return build(draft, std::move(key), x509.get(), issuer.key.get());
}

}  // namespace sealift::test
