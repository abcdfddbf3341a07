#pragma once

#include <sealift/crypto/certificate.h>

#include "openssl_handles.h"

namespace sealift::crypto {

struct Certificate::Impl {
  std::string der;
  OpensslHandle<x509_st> x509;
  std::string fingerprint;
  std::string public_key_info;
  Result<PublicKey> public_key;
  Timestamp not_before;
  Timestamp not_after;
  std::vector<CertificateExtension> extensions;
  std::vector<SubjectAlternativeName> alternative_names;
  std::vector<std::string> key_usages;
  bool is_authority = false;
  bool may_sign = false;
};

// OpenSSL's object; it lives as long as the certificate. OpenSSL counts references to it, which is
// safe from several threads.
x509_st* x509_of(const Certificate& certificate);

}  // namespace sealift::crypto
