#pragma once

#include <sealift/crypto/certificate.h>

#include "openssl_handles.h"

namespace sealift::crypto {

// The steps of Certificate::from_der(). Each gives kInvalidInput, beginning with `what`.

// Form: one certificate in DER, version 3, serial number, one signature algorithm, extensions that
// OpenSSL understands.
Result<OpensslHandle<x509_st>> read_x509(std::string_view der, std::string_view what);
Result<std::vector<CertificateExtension>> read_extensions(const x509_st* x509,
                                                          std::string_view what);
// `value` is what the extension subjectAltName holds.
Result<std::vector<SubjectAlternativeName>> read_alternative_names(std::string_view value,
                                                                   std::string_view what);
// `value` is what the extension extKeyUsage holds.
Result<std::vector<std::string>> read_key_usages(std::string_view value, std::string_view what);
struct Validity {
  Timestamp not_before;
  Timestamp not_after;
};
Result<Validity> read_validity(const x509_st* x509, std::string_view what);

}  // namespace sealift::crypto
