#include <sealift/base/digest.h>
#include <sealift/base/encoding.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/pem.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <algorithm>

#include "certificate_impl.h"
#include "certificate_reader.h"
#include "evp_key.h"
#include "tbs_certificate.h"

namespace sealift::crypto {
namespace {

constexpr std::string_view kAlternativeNames = "2.5.29.17";

const CertificateExtension* find_extension(const std::vector<CertificateExtension>& extensions,
                                           std::string_view oid) {
  const auto found = std::find_if(extensions.begin(), extensions.end(),
                                  [&](const auto& extension) { return extension.oid == oid; });
  return found == extensions.end() ? nullptr : &*found;
}

std::string text_of(const X509_NAME* name) {
  const OpensslErrorScope errors;
  const OpensslHandle<bio_st> out(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  const long size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

bool allows(x509_st* x509, std::uint32_t usages) {
  // Without the extension every bit is set.
  return (X509_get_key_usage(x509) & usages) != 0;
}

}  // namespace

Result<Certificate> Certificate::from_der(std::string_view der, std::string_view what) {
  const OpensslErrorScope errors;
  SEALIFT_ASSIGN(auto x509, read_x509(der, what));
  SEALIFT_ASSIGN_CONTEXT(const auto tbs, read_tbs_certificate(der), std::string(what));
  SEALIFT_ASSIGN(auto extensions, read_extensions(x509.get(), what));
  std::vector<SubjectAlternativeName> names;
  if (const auto* extension = find_extension(extensions, kAlternativeNames)) {
    SEALIFT_ASSIGN(names, read_alternative_names(extension->value, what));
  }
  std::vector<std::string> usages;
  if (const auto* extension = find_extension(extensions, kExtendedKeyUsageExtension)) {
    SEALIFT_ASSIGN(usages, read_key_usages(extension->value, what));
  }
  SEALIFT_ASSIGN(const auto validity, read_validity(x509.get(), what));
  // Decoding a key takes longer than verifying a signature by it; OpenSSL has done it already,
  // unless it is of a type that it does not know.
  EVP_PKEY* decoded = X509_get_pubkey(x509.get());
  auto public_key = decoded != nullptr ? PublicKey::adopt(decoded, tbs.public_key_info, what)
                                       : PublicKey::from_der(tbs.public_key_info, what);
  const bool is_ca = (X509_get_extension_flags(x509.get()) & EXFLAG_CA) != 0;
  const bool is_authority = is_ca && allows(x509.get(), KU_KEY_CERT_SIGN);
  const bool may_sign = allows(x509.get(), KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
  return Certificate(
      std::make_shared<Impl>(Impl{std::string(der), std::move(x509), Digest::of(der).to_string(),
                                  std::string(tbs.public_key_info), std::move(public_key),
                                  validity.not_before, validity.not_after, std::move(extensions),
                                  std::move(names), std::move(usages), is_authority, may_sign}));
}

Result<Certificate> Certificate::from_pem(std::string_view pem, std::string_view what) {
  SEALIFT_ASSIGN(const auto block, read_single_pem(pem, what));
  if (block.label != "CERTIFICATE") {
    return fail(ErrorCode::kInvalidInput, std::string(what) + ": holds a PEM block \"" +
                                              block.label + "\" where \"CERTIFICATE\" is expected");
  }
  return from_der(block.content.view(), what);
}

const std::string& Certificate::der() const { return impl_->der; }
std::string Certificate::to_pem() const { return write_pem("CERTIFICATE", impl_->der); }
std::string Certificate::fingerprint() const { return impl_->fingerprint; }
Result<PublicKey> Certificate::public_key() const { return impl_->public_key; }
const std::string& Certificate::subject_public_key_info() const { return impl_->public_key_info; }
Timestamp Certificate::not_before() const { return impl_->not_before; }
Timestamp Certificate::not_after() const { return impl_->not_after; }
std::string Certificate::subject() const {
  return text_of(X509_get_subject_name(impl_->x509.get()));
}
std::string Certificate::issuer() const { return text_of(X509_get_issuer_name(impl_->x509.get())); }
bool Certificate::has_empty_subject() const {
  return X509_NAME_entry_count(X509_get_subject_name(impl_->x509.get())) == 0;
}

std::string Certificate::serial_number() const {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(impl_->x509.get());
  const std::string hex = hex_encode({reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                                      static_cast<std::size_t>(ASN1_STRING_length(serial))});
  return hex.substr(std::min(hex.find_first_not_of('0'), hex.size()));
}

const std::vector<CertificateExtension>& Certificate::extensions() const {
  return impl_->extensions;
}

const CertificateExtension* Certificate::extension(std::string_view dotted_oid) const {
  return find_extension(impl_->extensions, dotted_oid);
}

const std::vector<SubjectAlternativeName>& Certificate::subject_alternative_names() const {
  return impl_->alternative_names;
}

bool Certificate::is_subject_alternative_name_critical() const {
  const auto* extension = this->extension(kAlternativeNames);
  return extension != nullptr && extension->critical;
}

const std::vector<std::string>& Certificate::extended_key_usages() const {
  return impl_->key_usages;
}

bool Certificate::has_extended_key_usage(std::string_view dotted_oid) const {
  return std::find(impl_->key_usages.begin(), impl_->key_usages.end(), dotted_oid) !=
         impl_->key_usages.end();
}

bool Certificate::is_authority() const { return impl_->is_authority; }
bool Certificate::may_sign() const { return impl_->may_sign; }

x509_st* x509_of(const Certificate& certificate) { return certificate.impl_->x509.get(); }

}  // namespace sealift::crypto
