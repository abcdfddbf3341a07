#pragma once

#include <memory>

struct CMS_ContentInfo_st;
struct ESS_signing_cert;
struct ESS_signing_cert_v2_st;
struct TS_tst_info_st;
struct bio_st;
struct stack_st_ASN1_OBJECT;
struct stack_st_GENERAL_NAME;
struct stack_st_X509;
struct x509_st;
struct x509_store_ctx_st;
struct x509_store_st;

namespace sealift::crypto {

struct OpensslDeleter {
  void operator()(CMS_ContentInfo_st* object) const;
  void operator()(ESS_signing_cert* object) const;
  void operator()(ESS_signing_cert_v2_st* object) const;
  void operator()(TS_tst_info_st* object) const;
  void operator()(bio_st* object) const;
  void operator()(stack_st_ASN1_OBJECT* object) const;
  void operator()(stack_st_GENERAL_NAME* object) const;
  void operator()(stack_st_X509* object) const;
  void operator()(x509_st* object) const;
  void operator()(x509_store_ctx_st* object) const;
  void operator()(x509_store_st* object) const;
};

// Owns an object of OpenSSL; a stack owns a reference to each of its certificates.
template <typename T>
using OpensslHandle = std::unique_ptr<T, OpensslDeleter>;

}  // namespace sealift::crypto
